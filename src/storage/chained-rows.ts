import pg from 'pg';
import type { ChainedCustomer, ChainedEntry } from '../customer/verify-chain.ts';
import { uuidText } from '../uuid.ts';
import { type BinaryRow, copyRows } from './copy-rows.ts';

/** Customers with ids after one and through another, or one alone; null is no bound. */
export interface IdRange {
  after: string | null;
  through: string | null;
  only: string | undefined;
}

/** Some customers in the order of their ids, as far as their history is judged by them. */
export const readChainedCustomers = async (
  client: pg.Client,
  tenantId: string,
  { after, only, limit }: { after: string | null; only: string | undefined; limit: number },
): Promise<ChainedCustomer[]> => {
  const { rows } = await client.query<ChainedCustomer>(
    `SELECT customer_id AS "customerId", number, version::float8 AS version, chain_head AS head, chain_mac AS mac,
       substring(sealed FROM 1 FOR 1) = '\\x00' AS plain
     FROM customer WHERE ${conditionOf(tenantId, { after, through: null, only })} ORDER BY customer_id LIMIT ${limit}`,
  );
  return rows;
};

/** The entries of a range of customers, by customer and version, in batches as they arrive. */
export async function* readChainedEntries(
  client: pg.Client,
  tenantId: string,
  range: IdRange,
): AsyncGenerator<ChainedEntry[]> {
  const query = `SELECT customer_id, version, recorded_at, principal, contract, operation, open, sealed, snapshot, hash
    FROM history WHERE ${conditionOf(tenantId, range)} ORDER BY customer_id, version`;
  let idBytes = Buffer.alloc(0);
  let customerId = '';
  for await (const rows of copyRows(client, query)) {
    yield rows.map((row) => {
      const bytes = row[0] as Buffer;
      if (!bytes.equals(idBytes)) {
        idBytes = Buffer.from(bytes);
        customerId = uuidText(bytes);
      }
      return entryOf(customerId, row);
    });
  }
}

const conditionOf = (tenantId: string, { after, through, only }: IdRange): string =>
  [
    `tenant_id = ${pg.escapeLiteral(tenantId)}::uuid`,
    ...(after === null ? [] : [`customer_id > ${pg.escapeLiteral(after)}::uuid`]),
    ...(through === null ? [] : [`customer_id <= ${pg.escapeLiteral(through)}::uuid`]),
    ...(only === undefined ? [] : [`customer_id = ${pg.escapeLiteral(only)}::uuid`]),
  ].join(' AND ');

const entryOf = (customerId: string, row: BinaryRow): ChainedEntry => ({
  customerId,
  version: wholeOf(row[1] as Buffer),
  recordedAt: instantOf(row[2] as Buffer),
  principal: row[3] as Buffer,
  contract: row[4] as Buffer,
  operation: row[5] as Buffer,
  open: row[6] as Buffer,
  sealed: row[7] as Buffer,
  snapshot: row[8] as Buffer | null,
  hash: row[9] as Buffer | null,
});

/** Eight bytes as a number. What is beyond the exact ones was never written by the service, and fits no hash. */
const wholeOf = (bytes: Buffer): number => bytes.readInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4);

/** PostgreSQL counts microseconds from 2000-01-01; the service writes whole milliseconds. */
const instantOf = (bytes: Buffer): number => {
  const ms = wholeOf(bytes) / 1000 + epochMs;
  return Number.isInteger(ms) ? ms : -1;
};

const epochMs = Date.UTC(2000, 0, 1);
