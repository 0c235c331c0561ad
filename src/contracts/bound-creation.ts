import type { Context } from '../customer/context.ts';
import type { Customer } from '../customer/customer.ts';
import { Refusal } from '../errors.ts';

/**
 * The eligibility of a creation in a contract that can't say where a customer belongs: a key that is bound to a customer
 * makes none there, since it would not see it. Throws Refusal `forbidden`.
 */
export const refuseBound = (_current: Customer | undefined, { principal }: Context): void => {
  if (principal.customerId === null) return;
  const detail = 'a key that is bound to a customer cannot create customers here';
  throw new Refusal('forbidden', { faults: [{ pointer: '', rule: 'bound', detail }] });
};
