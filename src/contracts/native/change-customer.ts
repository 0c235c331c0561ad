import type { Door } from '../../customer/execute.ts';
import type { Reply, WriteOperation } from '../../customer/operation.ts';
import { commandOf } from '../command.ts';
import type { Call, Contract } from '../contract.ts';
import { acceptedReply, changeReply, wantsMinimal } from './reply.ts';

/** Sends an operation on one customer through the door, and answers as all changes of this contract are answered. */
export type ChangeCustomer = <Input>(
  call: Call,
  door: Door,
  operation: WriteOperation<Input>,
  customerId: string,
  input: Input,
) => Promise<Reply>;

/** Makes it for the contract under which the changes are told. */
export const changeCustomer =
  (contract: () => Contract): ChangeCustomer =>
  (call, door, operation, customerId, input) => {
    const minimal = wantsMinimal(call);
    return door.execute(
      commandOf(contract(), call, {
        operation,
        customerId,
        input,
        render: (outcome) => changeReply(outcome, call.context, minimal),
        renderAccepted: acceptedReply,
      }),
    );
  };
