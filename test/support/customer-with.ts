import type { Customer, CustomerData } from '../../src/customer/customer.ts';
import type { JsonObject } from '../../src/schema/json.ts';

/** A customer that holds this record, and was never in a database. */
export const customerWith = (data: JsonObject): Customer => ({
  id: '018f0000-0000-7000-8000-000000000001',
  tenantId: '018f0000-0000-7000-8000-000000000002',
  number: 1001,
  version: 3,
  createdAt: new Date('2024-01-01T00:00:00Z'),
  updatedAt: new Date('2024-02-01T00:00:00Z'),
  deletedAt: null,
  data: data as unknown as CustomerData,
});
