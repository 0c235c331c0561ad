import type { Context } from '../../customer/context.ts';
import type { Customer } from '../../customer/customer.ts';
import type { World } from '../../customer/world.ts';
import { type Fault, Refusal } from '../../errors.ts';
import { readIfMatch } from '../../headers/entity-tag.ts';
import type { Call } from '../contract.ts';

/**
 * The page's eligibility: a requester may modify its sub-customers, at any depth, and never its own profile. A key that
 * is bound to no customer is the operator, above all. Whom the requester does not see at all is not found before.
 */
export const checkSubCustomer = (current: Customer | undefined, { principal }: Context): void => {
  if (current?.id !== undefined && current.id === principal.customerId) {
    throw new Refusal('forbidden', { detail: 'the requester may not modify its own profile' });
  }
};

/** A sub-customer is created below the requester or a customer below it. Throws Refusal `not-found`. */
export const checkParent = (parentId: string, { principal }: Context, world: World): void => {
  const root = principal.customerId;
  const parent = world.customerOrLoad(parentId);
  const isSeen = root === null || root === parentId || world.ancestorIds(parentId).includes(root);
  if (!parent || parent.deletedAt || !isSeen) throw new Refusal('not-found');
};

/** What can be judged at once is judged at once: the version that the caller knows, and what is wrong with the body. */
export const checkAtOnce = (call: Call, current: Customer | undefined, faults: () => Fault[]): void => {
  const asked = readIfMatch(call.header('if-match'));
  const isMet =
    asked.kind === 'none' ||
    (current !== undefined && (asked.kind === 'any' || asked.versions.includes(current.version)));
  if (!isMet) throw new Refusal('precondition-failed');
  const found = faults();
  if (found.length > 0) throw new Refusal('validation-failed', { faults: found.slice(0, mostFaults) });
};

const mostFaults = 20;
