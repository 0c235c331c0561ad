import type { Once } from '../customer/erasure-store.ts';
import type { Reply } from '../customer/operation.ts';
import { askedIn } from './command.ts';
import type { Call, Contract } from './contract.ts';
import { idempotencyOf } from './idempotency.ts';

/** How a call is answered that is done at most once under its idempotency key. Throws `invalid-header`. */
export const onceOf = <Result>(
  contract: Contract,
  call: Call,
  render: (result: Result) => Reply,
): Once<Result> => ({
  idempotency: idempotencyOf(contract, call),
  render,
  renderRefusal: (refusal) => contract.renderRefusal(refusal, askedIn(call)),
});
