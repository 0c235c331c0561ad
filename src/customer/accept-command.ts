import { Refusal } from '../errors.ts';
import type { WorldState } from './create-world.ts';
import { isVisible } from './is-visible.ts';
import { type Judgement, judged } from './judgement.ts';
import type { Command } from './operation.ts';
import { sealCall } from './request.ts';
import type { RequestRow } from './stored-rows.ts';

/** What can be judged at once is judged at once: only an eligible call on a customer that exists is accepted. */
export const acceptCommand = (
  command: Command,
  { requestId }: { requestId: string },
  state: WorldState,
): Judgement => {
  const { world } = state;
  const creates = command.operation.event === 'customer.created';
  const current = world.customer(command.customerId);
  const there =
    current && (!current.deletedAt || command.operation.onDeleted) && isVisible(command, current.id, world);
  return judged(() => {
    if (current?.erased && isVisible(command, current.id, world)) throw new Refusal('erased');
    if (!creates && !there) throw new Refusal('not-found');
    command.eligible?.(creates ? undefined : current, command.context, world);
    return {
      decision: null,
      result: { kind: 'accepted', requestId, customerId: command.customerId },
    };
  });
};

/** The row of an accepted request, its call sealed under the customer's key. `state` knows the key if it is a new one. */
export const requestOpenedBy = (command: Command, state: WorldState): RequestRow => {
  const { requestId, call } = command.accepts as NonNullable<Command['accepts']>;
  const { customerId, context } = command;
  const key = state.world.dataKey(customerId) ?? state.world.newDataKey();
  state.noteKey(customerId, key);
  return {
    requestId,
    sealed: sealCall(call, key, { tenantId: context.tenant.id, customerId, requestId }),
    principal: context.principal.name,
    contract: context.contract,
    customerId,
    status: 'open',
    result: null,
    createdAt: state.world.now,
    finishedAt: null,
  };
};
