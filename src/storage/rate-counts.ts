import type { WindowCount } from '../access/window-count.ts';
import { int8s, texts, timestamps } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** Adds to counts, and gives the totals of all processes in the same order. */
export const addRateCounts = async (sql: Sql, tenantId: string, counts: WindowCount[]): Promise<number[]> => {
  // In one order, so that two processes wait for each other in one direction only.
  const sorted = counts.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rows = await sql<Omit<WindowCount, 'count'> & { used: number }>(
    `INSERT INTO rate_count AS c (tenant_id, policy, caller, ends_at, used)
     SELECT $1::uuid, r.* FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::int8[]) AS r
     ON CONFLICT (tenant_id, policy, caller, ends_at) DO UPDATE SET used = c.used + excluded.used
     RETURNING c.policy, c.caller, c.ends_at AS "endsAt", c.used::float8 AS used`,
    [
      tenantId,
      texts(sorted.map((one) => one.policy)),
      texts(sorted.map((one) => one.caller)),
      timestamps(sorted.map((one) => one.endsAt)),
      int8s(sorted.map((one) => one.count)),
    ],
  );
  const totals = new Map(rows.map((row) => [nameOf(row), row.used]));
  return counts.map((one) => totals.get(nameOf(one)) ?? one.count);
};

const nameOf = ({ policy, caller, endsAt }: Omit<WindowCount, 'count'>): string =>
  `${policy} ${caller} ${endsAt.toISOString()}`;

/** Removes counts of windows that are over. */
export const deleteOldRateCounts = async (sql: Sql, tenantId: string, most: number): Promise<number> => {
  const rows = await sql(
    `DELETE FROM rate_count WHERE tenant_id = $1 AND (policy, caller, ends_at) IN (
       SELECT policy, caller, ends_at FROM rate_count WHERE tenant_id = $1 AND ends_at <= now() LIMIT $2)
     RETURNING 1 AS deleted`,
    [tenantId, most],
  );
  return rows.length;
};
