import type { Door } from '../../customer/execute.ts';
import { fingerprintOf, keyDigestOf } from '../../customer/idempotency.ts';
import { type Command, unguarded, type WriteOperation } from '../../customer/operation.ts';
import { Refusal } from '../../errors.ts';
import type { Call, Contract } from '../contract.ts';
import { fingerprint } from '../idempotency.ts';

/** Gives each change of a batch, by its index, the name and fingerprint under which its outcome is kept. */
type BatchKeys = (index: number) => Command['idempotency'];

/**
 * Binds an idempotency key to this batch before any of its changes is made, so that nothing of another request under
 * the key is ever made, whatever the two have in common. What is kept binds and locks nothing: the same batch goes on
 * from where it was cut off. Throws Refusal `idempotency-key-reused` and `idempotency-key-in-progress`.
 */
export const claimBatch = async (
  contract: Contract,
  call: Call,
  door: Door,
  key: string,
): Promise<BatchKeys> => {
  const { context } = call;
  const { principal } = context;
  const newClaim = context.newId();
  const { body: claimId } = await door.execute({
    operation: claim,
    customerId: context.newId(),
    input: null,
    context,
    ...unguarded,
    idempotency: {
      keyDigest: keyDigestOf(principal, contract.id, key),
      fingerprint: fingerprint(contract, call),
    },
    render(outcome) {
      const refusal = outcome.kind === 'refused' ? outcome.refusal : new Refusal('internal-error');
      if (refusal.code !== 'not-found') throw refusal;
      return { status: refusal.status, headers: {}, body: newClaim };
    },
  });
  // Outcomes belong to the claim: when its time is over, the whole batch is a new one.
  return (index) => ({
    keyDigest: keyDigestOf(principal, contract.id, `${key}\t${claimId}\t${index}`),
    fingerprint: fingerprintOf(principal, [claimId, String(index)]),
  });
};

/** A change of nothing: that there is no such customer is what is kept under the key. */
const claim: WriteOperation<null> = {
  name: 'batch.claim',
  event: 'customer.updated',
  scopes: [],
  decide() {
    throw new Refusal('not-found');
  },
};
