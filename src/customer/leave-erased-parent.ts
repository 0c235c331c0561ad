import type { Tenant } from '../access/principal.ts';
import type { Customer, CustomerData } from './customer.ts';
import { noDisclosures } from './disclosures.ts';
import { byRestore } from './erasure-work.ts';
import type { Door } from './execute.ts';
import { unguarded, type WriteOperation } from './operation.ts';

/**
 * Makes a customer a root whose parent is erased. An erasure waits until its customer has no sub-customers; a restore brings
 * some back that were moved away after the backup. Changes nothing where the parent is there. Throws a Refusal.
 */
export const leaveErasedParent = async (
  door: Door,
  tenant: Tenant,
  customerId: string,
  newId: () => string,
): Promise<void> => {
  const { principal, contract } = byRestore;
  await door.execute({
    operation,
    customerId,
    input: null,
    context: {
      tenant,
      principal: { name: principal, scopes: new Set(operation.scopes), customerId: null },
      contract,
      operation: operation.name,
      requestId: newId(),
      reason: 'The parent was erased after the backup that this customer was restored from',
      newId,
      disclosed: noDisclosures(null),
    },
    ...unguarded,
    render(outcome) {
      if (outcome.kind === 'refused') throw outcome.refusal;
      return { status: 204, headers: {}, body: '' };
    },
  });
};

const operation: WriteOperation<null> = {
  name: 'customer.leave-erased-parent',
  event: 'customer.updated',
  scopes: ['customer:write'],
  decide(current, _input, _context, world) {
    const { data } = current as Customer;
    const { parentId, ...root } = data;
    const parent = typeof parentId === 'string' ? world.customerOrLoad(parentId) : undefined;
    return { data: parent?.erased ? (root as CustomerData) : data };
  },
};
