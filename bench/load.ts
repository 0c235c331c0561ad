import pg from 'pg';
import { v7 as newUuid } from 'uuid';
import type { Tenant } from '../src/access/principal.ts';
import type { Customer } from '../src/customer/customer.ts';
import { entryHash, headMac, noHash } from '../src/customer/history-chain.ts';
import { declaredPath, encodeHistory } from '../src/customer/history-entry.ts';
import { lookupTokens } from '../src/customer/lookup-tokens.ts';
import { bytesOf, dataKeyOf, encodeCustomer } from '../src/customer/record.ts';
import type { HistoryRow } from '../src/customer/stored-rows.ts';
import { uniqueTokens } from '../src/customer/unique-tokens.ts';
import { newDataKey, plainKey } from '../src/privacy/data-key.ts';
import type { TenantKeys } from '../src/privacy/tenant-keys.ts';
import { diff } from '../src/schema/diff.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { insertDataKeys } from '../src/storage/data-keys.ts';
import { insertHistory } from '../src/storage/history.ts';
import { insertEvents } from '../src/storage/outbox.ts';
import { insertCustomers } from '../src/storage/save-customers.ts';
import type { Sql } from '../src/storage/sql.ts';
import { insertLookups, insertUniques } from '../src/storage/tokens.ts';
import { customerIdOf, sampleCustomer } from './sample-customer.ts';

/**
 * Creates `count` customers with all the rows that creating them through the service would leave: it writes them
 * with the service's own encoders and statements, only past HTTP and without idempotency keys.
 */
export const loadCustomers = async (
  databaseUrl: string,
  tenant: Tenant,
  keys: TenantKeys,
  count: number,
): Promise<void> => {
  const clients = [0, 1].map(() => new pg.Client({ connectionString: databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const [client] = clients as [pg.Client, pg.Client];
  try {
    // Filling an index in the order of random tokens takes several times as long as building it at the end.
    await client.query('ALTER TABLE customer_lookup DROP CONSTRAINT customer_lookup_pkey');
    // Two connections, so that the database writes one batch while this program makes up the next.
    await Promise.all(
      clients.map((one, index) => loadShare(one, { ...tenant, keys }, count, index, clients.length)),
    );
    await client.query('ALTER TABLE customer_lookup ADD PRIMARY KEY (tenant_id, field, token, number)');
    await client.query('UPDATE tenant_state SET last_number = $2 WHERE tenant_id = $1', [tenant.id, count]);
  } finally {
    await Promise.all(clients.map((one) => one.end()));
  }
};

const batchSize = 500;

type KeyedTenant = Tenant & { keys: TenantKeys };

/** Loads every `shares`-th batch. */
const loadShare = async (
  client: pg.Client,
  tenant: KeyedTenant,
  count: number,
  share: number,
  shares: number,
) => {
  const sql: Sql = async (text, values) => (await client.query(text, values)).rows as never;
  for (let first = 1 + share * batchSize; first <= count; first += shares * batchSize) {
    const length = Math.min(batchSize, count - first + 1);
    await client.query('BEGIN');
    await insertBatch(
      sql,
      tenant,
      Array.from({ length }, (_, index) => first + index),
    );
    await client.query('COMMIT');
  }
};

const insertBatch = async (sql: Sql, tenant: KeyedTenant, numbers: number[]): Promise<void> => {
  const now = new Date();
  const customers = numbers.map((number) => customerOf(tenant, number, now));
  const changes = customers.map(({ data }) => diff({}, data as unknown as JsonObject));
  const secret = tenant.keys.ownSecret('chain');
  const history = customers.map((customer, index) =>
    chained(
      encodeHistory(
        {
          customerId: customer.id,
          version: 1,
          recordedAt: now,
          principal: 'bench',
          contract: 'native',
          operation: 'create',
          reason: null,
          changes: changes[index] ?? [],
          snapshot: bytesOf(customer).toString('utf8'),
        },
        tenant.id,
        dataKeyOf(customer),
      ),
      tenant.id,
    ),
  );
  const events = customers.map(({ id }, index) => ({
    eventId: newUuid(),
    customerId: id,
    version: 1,
    type: 'customer.created',
    paths: JSON.stringify([...new Set((changes[index] ?? []).map(({ path }) => declaredPath(path)))]),
  }));
  const uniques = customers.flatMap(({ id, data }) => uniqueTokens(tenant, id, data));
  const lookups = customers.flatMap(({ number, data }) => lookupTokens(tenant, number, data));
  const wrapped = customers.flatMap((customer) => {
    const key = dataKeyOf(customer);
    return key === plainKey
      ? []
      : [{ customerId: customer.id, wrapped: tenant.keys.wrapDataKey(customer.id, key) }];
  });
  if (wrapped.length > 0) await insertDataKeys(sql, tenant.id, tenant.keys.generation, wrapped);
  await insertCustomers(
    sql,
    tenant.id,
    customers.map((customer, index) => {
      const chainHead = history[index]?.hash as Buffer;
      const chainMac = headMac(secret, tenant.id, { ...customer, customerId: customer.id, head: chainHead });
      return { ...encodeCustomer(customer), chainHead, chainMac };
    }),
  );
  await insertHistory(sql, tenant.id, history);
  await insertEvents(sql, tenant.id, events, now);
  await insertUniques(sql, tenant.id, uniques);
  await insertLookups(sql, tenant.id, lookups);
};

/** The first entry of a customer, with its hash. */
const chained = (row: Omit<HistoryRow, 'hash'>, tenantId: string): HistoryRow => ({
  ...row,
  hash: entryHash(tenantId, { ...row, recordedAt: row.recordedAt.getTime() }, noHash),
});

const customerOf = (tenant: KeyedTenant, number: number, now: Date): Customer => ({
  id: customerIdOf(number),
  tenantId: tenant.id,
  number,
  version: 1,
  createdAt: now,
  updatedAt: now,
  deletedAt: null,
  dataKey: tenant.keys.heldKey('', null) === plainKey ? plainKey : newDataKey(),
  data: sampleCustomer(number),
});
