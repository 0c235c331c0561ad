import { Refusal } from '../errors.ts';
import { type HeldKey, keyIn } from '../privacy/data-key.ts';
import { sealContent, unsealText } from '../privacy/seal.ts';

/** Which reason of which customer. */
interface ReasonPlace {
  tenantId: string;
  customerId: string;
  name: string;
}

/**
 * Seals a reason under the customer's own key, since it may hold personal words and shall die with them. Throws Refusal
 * `not-sealed` for a customer of before there were keys.
 */
export const sealReason = (reason: string, held: HeldKey, place: ReasonPlace): Buffer => {
  const key = keyIn(held);
  if (!key) throw new Refusal('not-sealed');
  return sealContent(JSON.stringify(reason), key, { kind: 'reason', version: 0, ...place });
};

/** Opens it; null once the key is destroyed. */
export const openReason = (sealed: Buffer | null, held: HeldKey, place: ReasonPlace): string | null =>
  sealed === null || held === 'destroyed'
    ? null
    : (JSON.parse(unsealText(sealed, held, { kind: 'reason', version: 0, ...place })) as string);
