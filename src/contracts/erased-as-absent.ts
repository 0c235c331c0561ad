import { Refusal } from '../errors.ts';

/** A refusal in the words that a vendor has: none knows of an erased customer, which for its clients is not there. */
export const erasedAsAbsent = (refusal: Refusal): Refusal =>
  refusal.code === 'erased' ? new Refusal('not-found', { headers: refusal.headers }) : refusal;
