import {
  type RetentionChange,
  type RetentionRules,
  rulesAfter,
  type SettableKind,
  settableKinds,
} from '../customer/retention.ts';
import { Refusal } from '../errors.ts';
import type { Sql } from './sql.ts';

/** Every change of a tenant's rules, the newest first. */
export const readRetentionChanges = (sql: Sql, tenantId: string): Promise<RetentionChange[]> =>
  sql(
    `SELECT kind, sequence, days, changed_at AS "changedAt", principal, contract FROM retention_rule
     WHERE tenant_id = $1 ORDER BY changed_at DESC, kind, sequence DESC`,
    [tenantId],
  );

/** The tenant's rules as they stand. */
export const readRetentionRules = async (sql: Sql, tenantId: string): Promise<RetentionRules> =>
  rulesAfter(await readRetentionChanges(sql, tenantId));

/**
 * Sets the rules; those that stay as they are leave no trace. Of two that are set at once one comes after the other.
 * Throws Refusal `unavailable` when others set them over and over.
 */
export const setRetentionRules = async (
  sql: Sql,
  tenantId: string,
  wanted: Record<SettableKind, number | null>,
  by: { principal: string; contract: string },
): Promise<void> => {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const changes = await readRetentionChanges(sql, tenantId);
    const rules = rulesAfter(changes);
    const moved = settableKinds.filter((kind) => rules[kind] !== wanted[kind]);
    const sent = moved.map((kind) =>
      insertChange(sql, tenantId, { ...by, kind, days: wanted[kind], sequence: nextOf(changes, kind) }),
    );
    if ((await Promise.all(sent)).every((rows) => rows.length === 1)) return;
  }
  throw new Refusal('unavailable', { headers: { 'retry-after': '1' } });
};

const mostAttempts = 10;

const nextOf = (changes: RetentionChange[], kind: SettableKind): number =>
  1 + Math.max(0, ...changes.filter((one) => one.kind === kind).map(({ sequence }) => sequence));

const insertChange = (
  sql: Sql,
  tenantId: string,
  { kind, sequence, days, principal, contract }: Omit<RetentionChange, 'changedAt'>,
): Promise<unknown[]> =>
  sql(
    `INSERT INTO retention_rule (tenant_id, kind, sequence, days, changed_at, principal, contract)
     VALUES ($1, $2, $3, $4, now(), $5, $6) ON CONFLICT DO NOTHING RETURNING 1 AS set`,
    [tenantId, kind, sequence, days, principal, contract],
  );
