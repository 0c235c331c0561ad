import { below, personalMembers } from '../privacy/personal-members.ts';
import type { Change } from '../schema/change.ts';
import type { JsonObject } from '../schema/json.ts';
import { parsePointer } from '../schema/pointer.ts';
import type { Shape } from '../schema/shape.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { levelInText } from './level-in-text.ts';
import { customerShape } from './record.ts';
import { guardingLevel, viewerOf } from './seen-change.ts';

/** From this protection level on, whoever is shown or changes personal members stands in the access log. */
export const loggedLevel = 3;

/** Notes that the caller is shown a customer, or `part` of its record. */
export const noteShown = (
  context: Context,
  customer: Customer,
  part: JsonObject = customer.data as JsonObject,
): void => {
  if (noteLevel(context, customer) < loggedLevel) return;
  // What guards a version beside its own level was obeyed when its record was made.
  const viewer = { level: customer.data.protectionLevel, rights: personalRights(context.principal) };
  note(context, customer, personalMembers(customerShape, part, viewer));
};

/** The same for a caller who sees all of a customer. The record is not read where it can't be protected so much. */
export const noteAllShown = (context: Context, customer: Customer): void => {
  if (isNeverLogged(context, customer)) return;
  noteShown(context, customer);
};

/**
 * Whether the text alone tells that the customer is protected too little to be logged. That it was shown is noted, as of
 * the lowest level.
 */
const isNeverLogged = ({ disclosed }: Context, customer: Customer): boolean => {
  if (customer.guardedAt !== undefined || levelInText(customer) >= loggedLevel) return false;
  disclosed.level = Math.max(disclosed.level, 1);
  return true;
};

/** Notes that the caller found a customer by the values of these members: who does knows them, whatever is shown. */
export const noteFound = (context: Context, customer: Customer, searched: ReadonlySet<string>): void => {
  if (isNeverLogged(context, customer)) return;
  const held = personalMembers(customerShape, customer.data as JsonObject);
  noteMembers(
    context,
    customer,
    [...held].filter((name) => searched.has(name)),
  );
};

/** Notes that the caller is shown these members, as by a search that names them. */
export const noteMembers = (context: Context, customer: Customer, members: Iterable<string>): void => {
  if (noteLevel(context, customer) >= loggedLevel) note(context, customer, new Set(members));
};

/** Notes that the caller is shown why a customer was changed: free words, protected like its personal members. */
export const noteReason = (context: Context, customer: Customer): void =>
  noteMembers(context, customer, [reasonName]);

/** How the log names the reason of a change among personal members. */
export const reasonName = 'reason';

/** Notes changes of a customer that the caller is shown. */
export const noteShownChanges = (context: Context, customer: Customer, changes: readonly Change[]): void => {
  if (noteLevel(context, customer) < loggedLevel) return;
  note(context, customer, changedMembers(changes, viewerOf(context, customer)));
};

/** Notes a change that was made of a customer, whose level was `before`. */
export const noteChanged = (
  { disclosed }: Context,
  customer: Customer,
  changes: readonly Change[],
  before: number,
): void => {
  if (Math.max(before, customer.data.protectionLevel) < loggedLevel) return;
  const members = changedMembers(changes);
  if (members.size > 0) disclosed.noted.push({ kind: 'write', customer, members });
};

/** Notes that a customer was deleted, and with it every personal member that it has. */
export const noteDeleted = ({ disclosed }: Context, customer: Customer): void => {
  if (customer.data.protectionLevel < loggedLevel) return;
  const members = personalMembers(customerShape, customer.data as JsonObject);
  if (members.size > 0) disclosed.noted.push({ kind: 'write', customer, members });
};

/** The level that counts. A reply that is kept is judged by the level under which it was shown. */
const noteLevel = ({ disclosed }: Context, customer: Customer): number => {
  disclosed.level = Math.max(disclosed.level, customer.data.protectionLevel);
  return guardingLevel(customer);
};

const note = ({ disclosed }: Context, customer: Customer, members: ReadonlySet<string>): void => {
  const { says } = disclosed;
  const said = says ? new Set([...members].filter((name) => says.has(name))) : members;
  if (said.size > 0) disclosed.noted.push({ kind: 'read', customer, members: said });
};

const changedMembers = (
  changes: readonly Change[],
  viewer?: Parameters<typeof personalMembers>[2],
): Set<string> => {
  const names = new Set<string>();
  for (const { path, before, after } of changes) {
    const { shape, at } = placeOf(path);
    for (const value of [before, after]) {
      if (value === undefined) continue;
      for (const name of personalMembers(shape, value, viewer, at)) names.add(name);
    }
  }
  return names;
};

/** The shape at a change's path and its name, which end where a member is personal as a whole. */
const placeOf = (path: string): { shape: Shape; at: string } => {
  let shape: Shape = customerShape;
  let at = '';
  for (const segment of parsePointer(path)) {
    if (shape.marks.personal || shape.marks.secret || shape.kind === 'leaf') break;
    if (shape.kind === 'list') {
      shape = shape.item;
      continue;
    }
    const next: Shape | undefined = shape.members.get(segment);
    if (!next) break;
    shape = next;
    at = below(at, segment);
  }
  return { shape, at };
};
