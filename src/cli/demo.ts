import { v7 as uuidv7 } from 'uuid';
import { createApiKey } from '../access/api-key.ts';
import { type Scope, scopes } from '../access/scopes.ts';
import { nativeView } from '../contracts/native/view.ts';
import type { Context } from '../customer/context.ts';
import { createCustomer } from '../customer/create-customer.ts';
import { noDisclosures } from '../customer/disclosures.ts';
import type { Door } from '../customer/execute.ts';
import { sampleCustomers } from '../samples/sample-customers.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Database } from '../storage/database.ts';
import { insertKey } from '../storage/keys.ts';
import { createTenant, listTenants } from '../storage/tenants.ts';

/** What a first user is shown. */
export interface Demo {
  key: string;
  customerId: string;
  customers: number;
}

/** Makes the tenant demo with its sample customers and a key; undefined when the database has a tenant already. */
export const makeDemo = async (database: Database, door: Door): Promise<Demo | undefined> => {
  if ((await listTenants(database)).length > 0) return undefined;
  const tenant = await createTenant(database, uuidv7(), 'demo');
  const ids = new Map<string, string>(sampleCustomers.map(({ key }) => [key, uuidv7()]));
  const context: Context = {
    tenant,
    principal: { name: 'samples', scopes: new Set<Scope>(scopes), customerId: null },
    contract: 'native',
    operation: 'samples',
    requestId: 'samples',
    reason: 'Sample customer',
    newId: uuidv7,
    disclosed: noDisclosures(null),
  };
  const replies = await Promise.all(
    sampleCustomers.map(({ key, parent, data }) => {
      const parentId = parent === null ? {} : { parentId: ids.get(parent) as string };
      return door.execute({
        operation: createCustomer,
        customerId: ids.get(key) as string,
        input: { view: nativeView, document: { ...data, ...parentId } as JsonObject },
        context,
        precondition: { kind: 'none' },
        mergeStale: false,
        dryRun: false,
        idempotency: null,
        accepts: null,
        finishes: null,
        render: (outcome) => ({
          status: outcome.kind === 'done' ? 201 : 422,
          headers: {},
          body: outcome.kind === 'refused' ? JSON.stringify([key, outcome.refusal.faults]) : '',
        }),
      });
    }),
  );
  const refused = replies.find((reply) => reply.status !== 201);
  if (refused) throw new Error(`A sample customer is not valid: ${refused.body}`);
  const key = createApiKey(tenant.id);
  await database.inTenant(tenant.id, (sql) =>
    insertKey(sql, tenant.id, {
      ...key,
      name: 'demo',
      scopes: [...scopes],
      contract: null,
      customerId: null,
      expiresAt: null,
    }),
  );
  const first = sampleCustomers[0]?.key as string;
  return { key: key.secret, customerId: ids.get(first) as string, customers: sampleCustomers.length };
};
