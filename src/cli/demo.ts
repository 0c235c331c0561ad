import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { createApiKey } from '../access/api-key.ts';
import type { Tenant } from '../access/principal.ts';
import { type Scope, scopes } from '../access/scopes.ts';
import { nativeView } from '../contracts/native/view.ts';
import type { Context } from '../customer/context.ts';
import { createCustomer } from '../customer/create-customer.ts';
import { noDisclosures } from '../customer/disclosures.ts';
import type { Door } from '../customer/execute.ts';
import { unguarded } from '../customer/operation.ts';
import type { Refusal } from '../errors.ts';
import { sampleCustomers } from '../samples/sample-customers.ts';
import type { JsonObject } from '../schema/json.ts';
import { insertKey, readKeys, renameKey } from '../storage/api-keys.ts';
import type { Database } from '../storage/database.ts';
import { createTenant, listTenants } from '../storage/tenants.ts';

/** What a first user is shown. */
export interface Demo {
  key: string;
  customerId: string;
  customers: number;
  /** To be called when the key was shown: until then the next start takes the demo for unfinished. */
  shown(): Promise<unknown>;
}

/**
 * Makes the tenant demo with its sample customers and a key, or finishes what an earlier start began and did not come to
 * show; undefined when it was shown, or when the database has other tenants alone.
 */
export const makeDemo = async (database: Database, door: Door): Promise<Demo | undefined> => {
  const tenants = await listTenants(database);
  const begun = tenants.some(({ tenantId }) => tenantId === demoId);
  if (begun ? await wasShown(database) : tenants.length > 0) return undefined;
  const tenant = await createTenant(database, demoId, 'demo');
  await makeCustomers(tenant, door);
  const key = createApiKey(demoId);
  await database.inTenant(demoId, (sql) =>
    insertKey(sql, demoId, {
      ...key,
      name: 'demo, not shown',
      scopes: [...scopes],
      contract: null,
      customerId: null,
      expiresAt: null,
    }),
  );
  const shown = () => database.inTenant(demoId, (sql) => renameKey(sql, demoId, key.keyId, shownName));
  const customerId = idOf(sampleCustomers[0]?.key as string);
  return { key: key.secret, customerId, customers: sampleCustomers.length, shown };
};

/** The same in every database, and its customers' ids follow from it: so what an earlier start made is known again. */
const demoId = '00000000-0000-8000-8000-000064656d6f';

const idOf = (sampleKey: string): string => uuidv5(sampleKey, demoId);

const shownName = 'demo';

const wasShown = async (database: Database): Promise<boolean> => {
  const keys = await database.readInTenant(demoId, (sql) => readKeys(sql, demoId));
  return keys.some(({ name }) => name === shownName);
};

/** Makes those that are not there yet. */
const makeCustomers = async (tenant: Tenant, door: Door): Promise<void> => {
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
      const parentId = parent === null ? {} : { parentId: idOf(parent) };
      return door.execute({
        operation: createCustomer,
        customerId: idOf(key),
        input: { view: nativeView, document: { ...data, ...parentId } as JsonObject },
        context,
        ...unguarded,
        render: (outcome) => ({
          status:
            outcome.kind === 'done' || (outcome.kind === 'refused' && isThere(outcome.refusal)) ? 201 : 422,
          headers: {},
          body: outcome.kind === 'refused' ? JSON.stringify([key, outcome.refusal.faults]) : '',
        }),
      });
    }),
  );
  const refused = replies.find((reply) => reply.status !== 201);
  if (refused) throw new Error(`A sample customer is not valid: ${refused.body}`);
};

const isThere = ({ code, faults }: Refusal): boolean =>
  code === 'already-taken' && faults.some(({ pointer }) => pointer === '/id');
