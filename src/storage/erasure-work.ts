import type { Tenant } from '../access/principal.ts';
import { byRestore, type ErasureFacts, type ErasureWork, type Evidence } from '../customer/erasure-work.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { lockCustomers } from './customers.ts';
import type { Database } from './database.ts';
import { destroyDataKeyIn, disuseDataKeyIn, noTokens } from './destroy-data-key.ts';
import { endAllOf, endKeysOf } from './end-all-of.ts';
import { isParent } from './erasure-rows.ts';
import { isHeld } from './legal-holds.ts';
import { insertEvents } from './outbox.ts';
import type { Sql } from './sql.ts';
import { lockStructure, updateStructure } from './structure.ts';
import { cancelUndueErasure } from './undue-erasures.ts';

/** The steps of an erasure on PostgreSQL. */
export const createErasureWork = (database: Database): ErasureWork => ({
  due: (tenantId, limit) =>
    database.readInTenant(tenantId, async (sql) => {
      const rows = await sql<{ id: string }>(
        `SELECT e.erasure_id AS id FROM erasure e JOIN customer c ON c.tenant_id = $1 AND c.customer_id = e.customer_id
         WHERE e.tenant_id = $1 AND e.status IN ('scheduled', 'erasing') AND ${isDue} ORDER BY e.due_at LIMIT $2`,
        [tenantId, limit],
      );
      return rows.map(({ id }) => id);
    }),
  begin: (tenant, erasureId) =>
    database.keyring.with(tenant.id, (keys) =>
      database.inTenant(tenant.id, (sql) => begin(sql, keys, tenant, erasureId)),
    ),
  subCustomers: (tenantId, customerId) =>
    database.readInTenant(tenantId, async (sql) => {
      const rows = await sql<{ id: string }>(
        'SELECT customer_id AS id FROM customer WHERE tenant_id = $1 AND parent_id = $2 AND deleted_at IS NULL',
        [tenantId, customerId],
      );
      return rows.map(({ id }) => id);
    }),
  keepCertificate: (tenantId, erasureId, certificate) =>
    database.inTenant(tenantId, async (sql) => {
      const [row] = await sql<{ certificate: string }>(
        `UPDATE erasure SET certificate = COALESCE(certificate, $3) WHERE tenant_id = $1 AND erasure_id = $2
         RETURNING certificate`,
        [tenantId, erasureId, certificate],
      );
      return row?.certificate ?? certificate;
    }),
  complete: (tenantId, erasureId, eventId) =>
    database.inTenant(tenantId, (sql) => complete(sql, tenantId, erasureId, eventId)),
});

/** A customer that is erased already, as a restore leaves one, waits for nothing. */
const isDue = `(e.status = 'erasing' OR c.erased_at IS NOT NULL
  OR (e.due_at <= now() AND NOT ${isHeld('e')} AND NOT ${isParent('e')}))`;

interface Begun extends ErasureFacts {
  status: 'erasing';
}

const readFacts = async (sql: Sql, tenantId: string, erasureId: string): Promise<Begun | undefined> => {
  const [row] = await sql<Omit<Begun, 'evidence'> & { evidence: string }>(
    `SELECT erasure_id AS "erasureId", customer_id AS "customerId", number, status, erased_at AS "erasedAt", evidence,
       CASE WHEN NOT o.replayed THEN requested_at END AS "requestedAt",
       CASE WHEN NOT o.replayed THEN window_waived END AS "windowWaived"
     FROM erasure, LATERAL (SELECT requested_by = $3 AND contract = $4 AS replayed) AS o
     WHERE tenant_id = $1 AND erasure_id = $2 AND status = 'erasing'`,
    [tenantId, erasureId, byRestore.principal, byRestore.contract],
  );
  return row && { ...row, evidence: JSON.parse(row.evidence) as Evidence };
};

const begin = async (
  sql: Sql,
  keys: TenantKeys,
  tenant: Tenant,
  erasureId: string,
): Promise<ErasureFacts | undefined> => {
  // Nobody becomes a sub-customer meanwhile, and whoever schedules, cancels or holds waits for the customer.
  const structure = await lockStructure(sql, tenant.id);
  const customerId = await customerOf(sql, tenant.id, erasureId);
  if (customerId === undefined) return undefined;
  const [row] = await lockCustomers(sql, keys, tenant.id, [customerId]);
  const begun = await readFacts(sql, tenant.id, erasureId);
  if (begun || !row) return begun;
  const due = await sql(
    `SELECT 1 FROM erasure e JOIN customer c ON c.tenant_id = $1 AND c.customer_id = e.customer_id
     WHERE e.tenant_id = $1 AND e.erasure_id = $2 AND e.status = 'scheduled' AND ${isDue}`,
    [tenant.id, erasureId],
  );
  if (due.length === 0 || (await cancelUndueErasure(sql, tenant, row, erasureId))) return undefined;
  const evidence = await evidenceOf(sql, tenant.id, customerId);
  if (!row.erasedAt) {
    await disuseDataKeyIn(sql, tenant, row);
    await endKeysOf(sql, tenant.id, customerId);
    const { lastNumber, version } = structure;
    await updateStructure(sql, tenant.id, { lastNumber, expectedVersion: version });
  }
  await sql(
    `UPDATE erasure e SET status = 'erasing', erased_at = c.erased_at, evidence = $3 FROM customer c
     WHERE e.tenant_id = $1 AND e.erasure_id = $2 AND c.tenant_id = $1 AND c.customer_id = e.customer_id`,
    [tenant.id, erasureId, JSON.stringify(evidence)],
  );
  return readFacts(sql, tenant.id, erasureId);
};

const customerOf = async (sql: Sql, tenantId: string, erasureId: string): Promise<string | undefined> => {
  const [row] = await sql<{ id: string }>(
    'SELECT customer_id AS id FROM erasure WHERE tenant_id = $1 AND erasure_id = $2',
    [tenantId, erasureId],
  );
  return row?.id;
};

const evidenceOf = async (sql: Sql, tenantId: string, customerId: string): Promise<Evidence> => {
  const [destroyed] = await sql<Evidence['destroyed']>(
    `SELECT (SELECT count(*)::float8 FROM history WHERE tenant_id = $1 AND customer_id = $2) AS "historyEntries",
       (SELECT count(*)::float8 FROM request
        WHERE tenant_id = $1 AND status = 'open' AND customer_id = $2) AS "openRequests",
       (SELECT count(*)::float8 FROM webhook_delivery d JOIN webhook w ON w.tenant_id = $1
          AND w.webhook_id = d.webhook_id WHERE d.tenant_id = $1 AND d.customer_id = $2) AS "undeliveredEvents",
       (SELECT count(*)::float8 FROM api_key
        WHERE tenant_id = $1 AND customer_id = $2 AND revoked_at IS NULL) AS "apiKeys"`,
    [tenantId, customerId],
  );
  const recipients = await sql<Evidence['recipients'][number]>(
    `SELECT webhook_id AS "webhookId", contract FROM webhook WHERE tenant_id = $1 AND ended_at IS NULL ORDER BY 1`,
    [tenantId],
  );
  return { destroyed: destroyed as Evidence['destroyed'], recipients };
};

const complete = async (sql: Sql, tenantId: string, erasureId: string, eventId: string): Promise<void> => {
  const [erasure] = await sql<{ customerId: string; erasedAt: Date }>(
    `UPDATE erasure SET status = 'completed' WHERE tenant_id = $1 AND erasure_id = $2 AND status = 'erasing'
     RETURNING customer_id AS "customerId", erased_at AS "erasedAt"`,
    [tenantId, erasureId],
  );
  if (!erasure) return;
  const { customerId, erasedAt } = erasure;
  await destroyDataKeyIn(sql, tenantId, customerId, noTokens);
  await endAllOf(sql, tenantId, customerId);
  const [row] = await sql<{ version: number }>(
    'SELECT version::float8 AS version FROM customer WHERE tenant_id = $1 AND customer_id = $2',
    [tenantId, customerId],
  );
  const { version } = row as { version: number };
  const event = { eventId, customerId, version: version + 1, type: 'customer.erased', paths: '[]' };
  // The time that the certificate tells, so that all say the same.
  await insertEvents(sql, tenantId, [event], erasedAt);
};
