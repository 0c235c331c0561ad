import type { Door } from '../customer/execute.ts';
import type { Links } from '../customer/links.ts';
import type { Outcome, Reply, WriteOperation } from '../customer/operation.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { type ChangeSpec, commandOf } from './command.ts';
import type { Call, Contract } from './contract.ts';

/** An operation on one customer as a contract that has a mapping asks for it. */
export type MappedOperation<Input> = Pick<
  ChangeSpec<Input>,
  'customerId' | 'input' | 'eligible' | 'renderAccepted' | 'alwaysLater'
> & {
  operation: WriteOperation<Input>;
  /** Members of the body that are ignored. */
  ignored?: readonly string[];
  answer(outcome: Outcome & { kind: 'done' }, links: Links): Reply;
};

/** Carries out such an operation; refusals name the members of the contract's document. */
export type CarryOut = <Input>(call: Call, door: Door, operation: MappedOperation<Input>) => Promise<Reply>;

/** Makes it for a contract and its mapping. */
export const mappedOperation =
  (contract: () => Contract, mapping: Mapping): CarryOut =>
  (call, door, { answer, ...rest }) =>
    door.execute(
      commandOf(contract(), call, {
        ...rest,
        render: answer,
        onWire: (pointer, record) => mapping.wirePointers(pointer, record),
      }),
    );
