import { Refusal } from '../errors.ts';
import type { Customer } from './customer.ts';

/** The Refusal `precondition-failed` of a change that does not know the newest version; it says which that is. */
export const staleRefusal = (current: Customer | undefined): Refusal =>
  new Refusal('precondition-failed', current ? { extra: { currentVersion: current.version } } : {});
