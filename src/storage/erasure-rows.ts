import type { AskedErasure, Erasure } from '../customer/erasure-store.ts';
import type { HeldKey } from '../privacy/data-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { dataKeyColumn, type Wrapped, withHeldKeys } from './data-keys.ts';
import { isHeld } from './legal-holds.ts';
import { openReason, sealReason } from './reasons.ts';
import type { Sql } from './sql.ts';

/** An erasure as it lies in storage. */
type ErasureRow = Omit<Erasure, 'reason' | 'cancelReason'> & {
  sealed: Buffer;
  cancelSealed: Buffer | null;
  dataKey: HeldKey;
};

/** Which erasures to read; the newest come first. */
interface ErasureSelection {
  erasureId?: string;
  customerId?: string;
  status?: string;
  before?: string;
  limit: number;
}

/** Erasures with what stands in the way of each, and with their reasons opened. */
export const readErasures = async (
  sql: Sql,
  keys: TenantKeys,
  tenantId: string,
  selection: ErasureSelection,
): Promise<Erasure[]> => {
  const rows = withHeldKeys<ErasureRow>(keys, await selectErasures(sql, tenantId, selection));
  return rows.map((row) => erasureOf(tenantId, row));
};

const selectErasures = (
  sql: Sql,
  tenantId: string,
  { erasureId, customerId, status, before, limit }: ErasureSelection,
): Promise<Wrapped<ErasureRow>[]> => {
  const values: unknown[] = [tenantId, limit];
  const conditions = Object.entries({ erasureId, customerId, status, before })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${comparisons[name as keyof typeof comparisons]} $${values.push(value)}`);
  return sql(
    `SELECT e.* FROM (
       SELECT e.erasure_id AS "erasureId", e.customer_id AS "customerId", e.number,
         CASE WHEN h.by IS NULL THEN e.status ELSE 'held' END AS status, h.by AS "heldBy",
         e.requested_at AS "requestedAt", e.requested_by AS "requestedBy", e.due_at AS "dueAt",
         e.window_waived AS "windowWaived", e.sealed, e.cancelled_at AS "cancelledAt",
         e.cancelled_by AS "cancelledBy", e.cancel_sealed AS "cancelSealed", e.erased_at AS "erasedAt",
         CASE WHEN e.status = 'completed' THEN e.certificate END AS certificate, ${dataKeyColumn('e')}
       FROM erasure e CROSS JOIN LATERAL (SELECT CASE WHEN e.status <> 'scheduled' THEN NULL
         WHEN ${isHeld('e')} THEN 'legal-hold' WHEN ${isParent('e')} THEN 'sub-customers' END AS by) AS h
       WHERE e.tenant_id = $1
     ) AS e ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY e."erasureId" DESC LIMIT $2`,
    values,
  );
};

const comparisons = {
  erasureId: 'e."erasureId" =',
  customerId: 'e."customerId" =',
  status: 'e.status =',
  before: 'e."erasureId" <',
} as const;

/** Whether the customer that a row of `table` names has sub-customers, as a condition of SQL. */
export const isParent = (table: string): string =>
  `EXISTS (SELECT 1 FROM customer d WHERE d.tenant_id = ${table}.tenant_id AND d.parent_id = ${table}.customer_id
    AND d.deleted_at IS NULL)`;

/** A row with its reasons opened. */
const erasureOf = (tenantId: string, { sealed, cancelSealed, dataKey, ...row }: ErasureRow): Erasure => ({
  ...row,
  reason: openReason(sealed, dataKey, reasonPlace(tenantId, row)),
  cancelReason: openReason(cancelSealed, dataKey, cancelPlace(tenantId, row)),
});

/** What an erasure's reason is sealed for. */
const reasonPlace = (tenantId: string, { customerId, erasureId }: Named) => ({
  tenantId,
  customerId,
  name: `erasure ${erasureId}`,
});

/** What the reason of its end is sealed for. */
export const cancelPlace = (tenantId: string, { customerId, erasureId }: Named) => ({
  tenantId,
  customerId,
  name: `erasure ${erasureId} cancelled`,
});

type Named = Pick<Erasure, 'customerId' | 'erasureId'>;

/** Schedules an erasure. */
export const insertErasure = (
  sql: Sql,
  tenantId: string,
  asked: AskedErasure & { number: number; dueAt: Date; dataKey: HeldKey },
): Promise<unknown[]> =>
  sql(
    `INSERT INTO erasure (tenant_id, erasure_id, customer_id, number, status, requested_at, requested_by, contract,
       due_at, window_waived, sealed)
     VALUES ($1, $2, $3, $4, 'scheduled', now(), $5, $6, $7, $8, $9)`,
    [
      ...[tenantId, asked.erasureId, asked.customerId, asked.number, asked.principal, asked.contract],
      ...[asked.dueAt.toISOString(), asked.waiveWindow],
      sealReason(asked.reason, asked.dataKey, reasonPlace(tenantId, asked)),
    ],
  );
