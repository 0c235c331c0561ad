import { type Head, mostHeads } from '../customer/checkpoint.ts';
import type { Sql } from './sql.ts';

/**
 * Chained customers that changed after this place, in the order of their changes, as many as a checkpoint holds. They are
 * read a part at a time: while one is taken in, callers wait for the processor.
 */
export const readMoved = async (sql: Sql, tenantId: string, from: Cursor): Promise<(Head & Cursor)[]> => {
  const moved: (Head & Cursor)[] = [];
  while (moved.length < mostHeads) {
    const part = await readPart(sql, tenantId, moved.at(-1) ?? from);
    moved.push(...part);
    if (part.length < partHeads) break;
  }
  return moved;
};

/** A place in the order of changes. */
export interface Cursor {
  updatedAt: Date;
  customerId: string;
}

/** A whole number of them is what a checkpoint holds. */
const partHeads = mostHeads / 16;

const readPart = (sql: Sql, tenantId: string, from: Cursor): Promise<(Head & Cursor)[]> =>
  sql(
    `SELECT customer_id AS "customerId", version::float8 AS version, chain_head AS hash, updated_at AS "updatedAt"
     FROM customer WHERE tenant_id = $1 AND (updated_at, customer_id) > ($2::timestamptz, $3::uuid)
       AND chain_head IS NOT NULL ORDER BY updated_at, customer_id LIMIT $4`,
    [tenantId, from.updatedAt.toISOString(), from.customerId, partHeads],
  );
