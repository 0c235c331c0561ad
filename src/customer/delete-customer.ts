import type { Customer } from './customer.ts';
import type { WriteOperation } from './operation.ts';

/** Deletes a customer. Its history stays, and the deletion can be undone. */
export const deleteCustomer: WriteOperation<null> = {
  name: 'customer.delete',
  event: 'customer.deleted',
  scopes: ['customer:delete'],
  decide: (current) => ({ deleted: true, data: (current as Customer).data }),
};
