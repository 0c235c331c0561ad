import { type ErrorCode, type Fault, Refusal } from '../errors.ts';
import { restrictedLevel } from '../privacy/sight.ts';
import type { Change } from '../schema/change.ts';
import { isObject, type Json } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import { isPersonalPath, shapeOfChange } from './history-entry.ts';
import { loggedLevel } from './note-disclosure.ts';
import { seenPath } from './seen-change.ts';

/**
 * Judges a change of personal members or of the protection level itself. From level 2 on it needs `personal:write`,
 * from level 3 on a reason too, and at level 4 nobody changes personal members until the restriction is lifted.
 * Lowering the level, which shows more to others, needs `privacy:manage`. Throws Refusal `forbidden` that names the
 * members, `restricted` at level 4, and `reason-required` where a reason is all that is lacking.
 */
export const checkPersonal = (
  context: Context,
  current: Customer | undefined,
  data: CustomerData,
  changes: Change[],
): void => {
  const before = current?.data.protectionLevel ?? 1;
  const after = data.protectionLevel;
  const level = Math.max(before, after);
  if (level <= 1) return;
  const rights = personalRights(context.principal);
  const personal = changes.filter(touchesPersonal);
  const moved = changes.filter((change) => change.path === '/protectionLevel');
  const refuse = (touched: Change[], rule: string, detail: string, code: ErrorCode = 'forbidden'): void => {
    if (touched.length === 0) return;
    const viewer = { level, rights };
    const pointers = new Set(touched.map((change) => seenPath(change.path, viewer)));
    const faults = [...pointers].map((pointer): Fault => ({ pointer, rule, detail }));
    throw new Refusal(code, { faults });
  };
  const touched = [...personal, ...moved];
  if (before >= 4 && !rights.manage) refuse(touched, 'restricted', isRestricted, 'restricted');
  if (before >= 4 && after >= 4) refuse(personal, 'restricted', isRestricted, 'restricted');
  if (after < before && !rights.manage) refuse(moved, 'privacy:manage', 'needs the scope privacy:manage');
  if (!rights.write) refuse(personal, 'personal:write', 'needs the scope personal:write');
  if (!rights.write && !rights.manage) refuse(moved, 'personal:write', 'needs the scope personal:write');
  if (level >= 3 && !context.reason) refuse(touched, 'reason', needsReason, 'reason-required');
};

/**
 * Judges a deletion, which takes all personal members away: at level 4 nobody deletes until the restriction is lifted, at
 * level 3 it needs what a change of them needs. Below, `customer:delete` is enough, since it shows nothing and can be undone.
 * Throws Refusal `restricted` at level 4, else `forbidden`, and `reason-required` where a reason is all that is lacking.
 */
export const checkDeletion = (context: Context, { data: { protectionLevel: level } }: Customer): void => {
  const refuse = (rule: string, detail: string, code: ErrorCode = 'forbidden'): never => {
    throw new Refusal(code, { faults: [{ pointer: '', rule, detail }] });
  };
  if (level >= restrictedLevel) refuse('restricted', isRestricted, 'restricted');
  if (level < loggedLevel) return;
  if (!personalRights(context.principal).write) refuse('personal:write', 'needs the scope personal:write');
  if (!context.reason) refuse('reason', needsReason, 'reason-required');
};

const isRestricted = 'the record is restricted (level 4)';
const needsReason = 'needs a reason at this protection level';

/** Whether a change adds, takes away or changes a personal member; a group that has none of them may come and go. */
const touchesPersonal = ({ path, before, after }: Change): boolean =>
  isPersonalPath(path) && [before, after].some((value) => hasPersonal(shapeOfChange(path), value));

const hasPersonal = (shape: Shape | undefined, value: Json | undefined): boolean => {
  if (value === undefined) return false;
  if (!shape || shape.marks.personal) return true;
  if (shape.kind === 'list')
    return Array.isArray(value) && value.some((item) => hasPersonal(shape.item, item));
  if (shape.kind === 'leaf' || !isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => hasPersonal(shape.members.get(name), inner));
};
