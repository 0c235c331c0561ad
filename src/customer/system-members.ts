import type { JsonObject } from '../schema/json.ts';
import { type Customer, customerSystem } from './customer.ts';
import { humanReadableId } from './human-readable-id.ts';

/** What the service itself says of a customer. */
export const systemMembers = (customer: Customer): JsonObject => ({
  id: customer.id,
  number: customer.number,
  humanReadableId: humanReadableId(customer.tenantId, customer.number),
  version: customer.version,
  createdAt: customer.createdAt.toISOString(),
  updatedAt: customer.updatedAt.toISOString(),
});

/** The names of what the service itself says. */
export const systemNames: readonly string[] = Object.keys(customerSystem.properties);
