import pg from 'pg';
import type { Customer, CustomerData } from '../src/customer/customer.ts';
import { headMac, noHash } from '../src/customer/history-chain.ts';
import { lookupTokens } from '../src/customer/lookup-tokens.ts';
import { dataKeyOf, encodeCustomer } from '../src/customer/record.ts';
import { uniqueTokens } from '../src/customer/unique-tokens.ts';
import { newDataKey } from '../src/privacy/data-key.ts';
import type { TenantKeys } from '../src/privacy/tenant-keys.ts';
import { uuidBytes } from '../src/uuid.ts';
import { copyRows, type Field, int4, int8, timestamp } from './copy-rows.ts';
import { personOf } from './people.ts';
import { customerIdOf } from './sample-customer.ts';
import { withTenantKeys } from './tenant.ts';

/**
 * Loads a share of the people, as a program of its own, so that every processor seals. Arguments: the database for
 * loading, that of the service, the tenant, the first number and the last.
 */
const main = async ([loadUrl, serviceUrl, tenantId, first, last]: string[]): Promise<void> => {
  if (!loadUrl || !serviceUrl || !tenantId) throw new Error('Arguments are missing');
  const client = new pg.Client({ connectionString: loadUrl });
  await client.connect();
  await withTenantKeys(serviceUrl, tenantId, async (keys) => {
    for (let number = Number(first); number <= Number(last); number += batchSize) {
      const length = Math.min(batchSize, Number(last) - number + 1);
      await copyBatch(
        client,
        { id: tenantId, keys },
        Array.from({ length }, (_, index) => number + index),
      );
    }
  });
  await client.end();
};

const batchSize = 1000;

interface KeyedTenant {
  id: string;
  keys: TenantKeys;
}

/** What searching reads, as the service would have written it: a customer, its key and its tokens; no history and no events. */
const copyBatch = async (client: pg.Client, { id, keys }: KeyedTenant, numbers: number[]): Promise<void> => {
  const tenant = { id, name: 'bench', secret: keys.secret };
  const tenantId = uuidBytes(id);
  // They were there before the tenant's first checkpoint, so that none looks at all of them while searches are measured.
  const now = new Date(Date.now() - dayMs);
  const customers = numbers.map((number) => customerOf(id, number, personOf(number), now));
  await copyRows(
    client,
    'customer',
    'tenant_id, customer_id, number, version, created_at, updated_at, sealed, chain_head, chain_mac',
    customers.map((customer): Field[] => [
      tenantId,
      uuidBytes(customer.id),
      int4(customer.number),
      int8(1),
      timestamp(now),
      timestamp(now),
      encodeCustomer(customer).sealed,
      // Without the end of a chain nobody could change them.
      noHash,
      headMac(keys.ownSecret('chain'), id, {
        customerId: customer.id,
        number: customer.number,
        version: 1,
        head: noHash,
      }),
    ]),
  );
  await copyRows(
    client,
    'customer_key',
    'tenant_id, customer_id, generation, wrapped',
    customers.map((customer) => [
      tenantId,
      uuidBytes(customer.id),
      int4(keys.generation),
      keys.wrapDataKey(customer.id, dataKeyOf(customer)),
    ]),
  );
  const unique = customers.flatMap((customer) => uniqueTokens(tenant, customer.id, customer.data));
  await copyRows(
    client,
    'customer_unique',
    'tenant_id, field, token, customer_id',
    unique.map((row) => [tenantId, Buffer.from(row.field), row.token, uuidBytes(row.customerId)]),
  );
  const lookups = customers.flatMap(({ number, data }) => lookupTokens(tenant, number, data));
  await copyRows(
    client,
    'customer_lookup',
    'tenant_id, field, token, number',
    lookups.map((row) => [tenantId, Buffer.from(row.field), row.token, int4(row.number)]),
  );
};

const dayMs = 24 * 60 * 60 * 1000;

const customerOf = (tenantId: string, number: number, data: CustomerData, now: Date): Customer => ({
  id: customerIdOf(number),
  tenantId,
  number,
  version: 1,
  createdAt: now,
  updatedAt: now,
  deletedAt: null,
  dataKey: newDataKey(),
  data,
});

await main(process.argv.slice(2));
