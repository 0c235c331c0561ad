import type { SessionName } from '../access/session-token.ts';
import type { SessionRow, SessionStore, Term } from '../access/sessions.ts';
import { type LiveKey, readLiveKey } from './api-keys.ts';
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';
import { withSecret } from './tenants.ts';

/** Sessions on PostgreSQL. */
export const createSessionStore = (database: Database): SessionStore => ({
  insert: (tenantId, keyId, row) =>
    database.inTenant(tenantId, (sql) => insertSession(sql, tenantId, keyId, row.sessionId, row)),
  async renew({ tenantId, sessionId, hash }, next, onceExpired) {
    const renewal = await database.inTenant(tenantId, async (sql) => {
      holdFamily(sql, tenantId, sessionId);
      const [row] = await sql<StoredRefresh>(
        `SELECT key_id AS "keyId", family_id AS "familyId", renewed_at IS NOT NULL AS used, expires_at > now() AS early,
           ended_at IS NULL AND refresh_expires_at > now() AS live
         FROM session WHERE tenant_id = $1 AND session_id = $2 AND refresh_hash = $3`,
        [tenantId, sessionId, hash],
      );
      if (row?.used) await endFamily(sql, tenantId, sessionId);
      const key = row?.live && !row.used ? await readLiveKey(sql, tenantId, row.keyId) : undefined;
      if (!row || !key) return { kind: 'invalid' as const };
      if (row.early && onceExpired) return { kind: 'early' as const };
      await sql('UPDATE session SET renewed_at = now() WHERE tenant_id = $1 AND session_id = $2', [
        tenantId,
        sessionId,
      ]);
      const term = await insertSession(sql, tenantId, row.keyId, row.familyId, next);
      return { kind: 'renewed' as const, tenant: key.tenant, keyId: row.keyId, ...term };
    });
    if (renewal.kind !== 'renewed') return renewal;
    return { ...renewal, tenant: await withSecret(database, renewal.tenant) };
  },
  end: (tenantId, sessionId) => database.inTenant(tenantId, (sql) => endFamily(sql, tenantId, sessionId)),
});

interface StoredRefresh {
  keyId: string;
  familyId: string;
  used: boolean;
  early: boolean;
  live: boolean;
}

/** Its times are whole seconds, since a token says them so. */
const insertSession = async (
  sql: Sql,
  tenantId: string,
  keyId: string,
  familyId: string,
  row: SessionRow,
): Promise<Term> => {
  const [term] = await sql<Term>(
    `INSERT INTO session (tenant_id, session_id, family_id, key_id, created_at, expires_at, refresh_hash,
       refresh_expires_at)
     VALUES ($1, $2, $3, $4, date_trunc('second', now()),
       date_trunc('second', now()) + make_interval(secs => $5), $6, now() + make_interval(secs => $7))
     RETURNING created_at AS "from", expires_at AS "until"`,
    [tenantId, row.sessionId, familyId, keyId, row.tokenSeconds, row.refreshHash, row.refreshSeconds],
  );
  return term as Term;
};

/**
 * Lets one transaction at a time renew or end a family: what a statement sees after this, nobody adds to. Rows alone
 * can't be held for that, since the session that another renewal is about to store has none yet.
 */
const holdFamily = (sql: Sql, tenantId: string, sessionId: string): void => {
  void sql(
    `SELECT pg_advisory_xact_lock(hashtextextended(family_id::text, 0)) FROM session
     WHERE tenant_id = $1 AND session_id = $2`,
    [tenantId, sessionId],
  );
};

const endFamily = async (sql: Sql, tenantId: string, sessionId: string): Promise<void> => {
  holdFamily(sql, tenantId, sessionId);
  await sql(
    `UPDATE session SET ended_at = now() WHERE tenant_id = $1 AND ended_at IS NULL AND family_id IN (
       SELECT family_id FROM session WHERE tenant_id = $1 AND session_id = $2)`,
    [tenantId, sessionId],
  );
};

/** Reads the live key of a session that is not over, with the database's clock. */
export const readLiveSession = async (
  sql: Sql,
  { tenantId, keyId, sessionId }: SessionName,
): Promise<(LiveKey & { now: Date }) | undefined> => {
  const [key, [session]] = await Promise.all([
    readLiveKey(sql, tenantId, keyId),
    sql<{ now: Date }>(
      `SELECT now() AS now FROM session WHERE tenant_id = $1 AND session_id = $2 AND key_id = $3
         AND ended_at IS NULL AND expires_at > now()`,
      [tenantId, sessionId, keyId],
    ),
  ]);
  return key && session && { ...key, now: session.now };
};

/** Removes sessions of which nothing is good any more. */
export const deleteOldSessions = async (sql: Sql, tenantId: string, most: number): Promise<number> => {
  const rows = await sql(
    `DELETE FROM session WHERE tenant_id = $1 AND session_id IN (
       SELECT session_id FROM session WHERE tenant_id = $1 AND expires_at <= now()
         AND (refresh_expires_at IS NULL OR refresh_expires_at <= now()) LIMIT $2) RETURNING 1 AS deleted`,
    [tenantId, most],
  );
  return rows.length;
};
