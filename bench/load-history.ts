import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { v7 as newUuid } from 'uuid';
import type { Tenant } from '../src/access/principal.ts';
import { entryHash, headMac, noHash } from '../src/customer/history-chain.ts';
import type { TenantKeys } from '../src/privacy/tenant-keys.ts';
import { uuidBytes } from '../src/uuid.ts';
import { copyRows, type Field, int4, int8, timestamp } from './copy-rows.ts';
import type { Database } from './postgres.ts';

/**
 * Writes `entries` history entries of a tenth as many customers, chained as the service chains them, in the order of
 * time: first each customer's first change, then each one's second. What is sealed is noise of the usual size.
 */
export const loadHistory = async (
  database: Database,
  tenant: Tenant,
  keys: TenantKeys,
  entries: number,
): Promise<void> => {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const customers = Array.from({ length: Math.ceil(entries / versions) }, (_, index) => ({
      customerId: newUuid(),
      number: firstNumber + index,
      head: noHash,
    }));
    for (let version = 1; version <= versions; version++) {
      for (let from = 0; from < customers.length; from += batchSize) {
        const rows = customers.slice(from, from + batchSize).map((one) => entryRow(tenant.id, one, version));
        await copyRows(client, 'history', historyColumns, rows);
      }
    }
    const secret = keys.ownSecret('chain');
    for (let from = 0; from < customers.length; from += batchSize) {
      const rows = customers.slice(from, from + batchSize).map((one) => {
        const mac = headMac(secret, tenant.id, { ...one, version: versions });
        return customerRow(tenant.id, one, mac);
      });
      await copyRows(client, 'customer', customerColumns, rows);
    }
    const lastNumber = firstNumber + customers.length - 1;
    await client.query('UPDATE tenant_state SET last_number = $2 WHERE tenant_id = $1', [
      tenant.id,
      lastNumber,
    ]);
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
};

interface Chained {
  customerId: string;
  number: number;
  head: Buffer;
}

const versions = 10;
const firstNumber = 1001;
const batchSize = 5000;
const sealedBytes = 330;
const snapshotBytes = 1200;
/** Nothing in it begins as what lies plain does. */
const noise = randomBytes(1 << 20).map((byte) => byte || 1) as Buffer;
const some = (length: number): Buffer => {
  const at = Math.floor(Math.random() * (noise.length - length));
  return noise.subarray(at, at + length);
};

const historyColumns =
  'tenant_id, customer_id, version, recorded_at, principal, contract, operation, open, sealed, snapshot, hash';

const entryRow = (tenantId: string, customer: Chained, version: number): Field[] => {
  const now = new Date();
  const entry = {
    customerId: customer.customerId,
    version,
    recordedAt: now.getTime(),
    principal: 'bench',
    contract: 'native',
    operation: version === 1 ? 'customer.create' : 'customer.update',
    open: '[]',
    sealed: some(sealedBytes),
    snapshot: version === 1 ? some(snapshotBytes) : null,
  };
  customer.head = entryHash(tenantId, entry, customer.head);
  const { principal, contract, operation, open } = entry;
  return [
    ...[uuidBytes(tenantId), uuidBytes(customer.customerId), int8(version), timestamp(now)],
    ...[principal, contract, operation, open].map((text) => Buffer.from(text)),
    ...[entry.sealed, entry.snapshot, customer.head],
  ];
};

const customerColumns =
  'tenant_id, customer_id, number, version, created_at, updated_at, sealed, chain_head, chain_mac';

const customerRow = (tenantId: string, { customerId, number, head }: Chained, mac: Buffer): Field[] => {
  const now = timestamp(new Date());
  return [
    ...[uuidBytes(tenantId), uuidBytes(customerId), int4(number), int8(versions), now, now],
    ...[some(snapshotBytes), head, mac],
  ];
};
