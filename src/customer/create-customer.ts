import type { JsonObject } from '../schema/json.ts';
import type { CustomerData } from './customer.ts';
import type { WriteOperation } from './operation.ts';
import type { View } from './view.ts';

/** Makes a new customer of a document in the caller's contract. */
export const createCustomer: WriteOperation<{ view: View; document: JsonObject }> = {
  name: 'customer.create',
  event: 'customer.created',
  scopes: ['customer:write'],
  decide: (_current, { view, document }, context, world) => ({
    data: view.read(
      document,
      undefined,
      world.links(context.principal.customerId),
      {},
    ) as unknown as CustomerData,
  }),
};
