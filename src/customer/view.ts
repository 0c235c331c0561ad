import { masked } from '../privacy/mask.ts';
import { sightOf } from '../privacy/sight.ts';
import { unmasked } from '../privacy/unmask.ts';
import type { JsonObject } from '../schema/json.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { levelInText } from './level-in-text.ts';
import type { Links } from './links.ts';
import { customerShape, withData } from './record.ts';

/**
 * A contract's way to see the record: `write` puts a customer into the contract's shape, `read` takes a document of
 * that shape back and lays it over the record, so that what the contract can't say stays as it is. `links` turn the
 * references of a contract that names customers by their numbers.
 */
export interface View {
  write(customer: Customer, links: Links): JsonObject;
  /**
   * `stored` is the whole customer, undefined for a new one, and `shown` the document that the caller's one was made of: what
   * the two documents say alike is as it is stored. Throws Refusal `validation-failed` for a document that the contract
   * does not allow.
   */
  read(document: JsonObject, stored: Customer | undefined, links: Links, shown: JsonObject): JsonObject;
  /** The same without rules between members, which are judged on all that is stored. */
  unjudged?: View;
}

/** Whether the caller sees every member of the customer; may say no where it would have to look closer. */
export const seesAll = (customer: Customer, context: Context): boolean => {
  const rights = personalRights(context.principal);
  return rights.read && sightOf(levelInText(customer), rights) === 'show';
};

/** The customer with the personal members that the caller may not see masked or left out. */
export const asSeen = (customer: Customer, context: Context): Customer => {
  const { data } = customer;
  const rights = personalRights(context.principal);
  const seen = masked(customerShape, data as JsonObject, data.protectionLevel, rights);
  return seen === data ? customer : withData(customer, seen);
};

/** Whether the caller sees as much of one version as of the other. */
export const seesAlike = (context: Context, one: Customer, other: Customer): boolean => {
  const rights = personalRights(context.principal);
  return sightOf(one.data.protectionLevel, rights) === sightOf(other.data.protectionLevel, rights);
};

/** A customer as it was, protected as it is now: raising the level also hides what the history holds. */
export const protectedAs = (current: Customer, earlier: Customer, context: Context): Customer => {
  const level = current.data.protectionLevel;
  if (level <= earlier.data.protectionLevel) return earlier;
  const data = earlier.data as JsonObject;
  return seesAlike(context, earlier, current)
    ? { ...withData(earlier, data), guardedAt: level }
    : withData(earlier, { ...data, protectionLevel: level });
};

/**
 * The customer that the answer to a change tells of. Where the change lowers its protection, a dry run shows no more than
 * the caller saw before, and what a real change shows is logged by what protected it until then.
 */
export const asAnswered = (
  before: Customer | undefined,
  after: Customer,
  dryRun: boolean,
  context: Context,
): Customer => {
  const level = before?.data.protectionLevel ?? 1;
  if (level <= after.data.protectionLevel) return after;
  const data = after.data as JsonObject;
  const shown = dryRun ? masked(customerShape, data, level, personalRights(context.principal)) : data;
  return { ...withData(after, shown), guardedAt: level };
};

/**
 * A record that the caller wrote while seeing only `asSeen` of the stored one, with the unseen members put back. What a
 * `partial` change takes away it named, seen or not: it goes.
 */
export const withUnseen = (
  written: JsonObject,
  stored: Customer,
  context: Context,
  { partial = false }: { partial?: boolean },
): JsonObject => {
  const { data } = stored;
  const viewer = { level: data.protectionLevel, rights: personalRights(context.principal), partial };
  return unmasked(customerShape, written, data as JsonObject, viewer);
};
