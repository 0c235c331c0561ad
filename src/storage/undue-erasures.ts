import type { Tenant } from '../access/principal.ts';
import { storedTerm } from '../customer/lookup-tokens.ts';
import { byRetention } from '../customer/retention.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { keyIn } from '../privacy/data-key.ts';
import { cancelPlace } from './erasure-rows.ts';
import { sealReason } from './reasons.ts';
import { readRetentionRules } from './retention.ts';
import type { Sql } from './sql.ts';

/** An erasure that no rule asks for any more. */
interface UndueErasure {
  erasureId: string;
  customerId: string;
}

/** Some of the erasures that retention scheduled, of customers that no rule is about any more. */
export const readUndueErasures = async (sql: Sql, tenant: Tenant, limit: number): Promise<UndueErasure[]> => {
  const { condition, values } = await undue(sql, tenant);
  return sql(
    `SELECT e.erasure_id AS "erasureId", e.customer_id AS "customerId"
     FROM erasure e JOIN customer c ON c.tenant_id = $1 AND c.customer_id = e.customer_id
     WHERE e.tenant_id = $1 AND ${condition} ORDER BY e.due_at LIMIT $${values.length + 1}`,
    [...values, limit],
  );
};

/**
 * Cancels an erasure that retention scheduled, if no rule is about the customer any more; what a person scheduled stays.
 * The caller has locked the customer. Gives whether it was cancelled.
 */
export const cancelUndueErasure = async (
  sql: Sql,
  tenant: Tenant,
  { customerId, dataKey }: Pick<StoredCustomer, 'customerId' | 'dataKey'>,
  erasureId: string,
): Promise<boolean> => {
  const { condition, values } = await undue(sql, tenant);
  const next = values.length;
  // A customer whose key is lost comes back without a reason rather than not at all.
  const sealed = keyIn(dataKey)
    ? sealReason(cameBack, dataKey, cancelPlace(tenant.id, { customerId, erasureId }))
    : null;
  const rows = await sql(
    `UPDATE erasure e SET status = 'cancelled', cancelled_at = now(), cancelled_by = $${next + 1},
       cancel_sealed = $${next + 2}
     FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = e.customer_id AND e.tenant_id = $1
       AND e.erasure_id = $${next + 3} AND ${condition} RETURNING 1 AS cancelled`,
    [...values, byRetention.principal, sealed, erasureId],
  );
  return rows.length > 0;
};

const cameBack = 'Retention: no rule is about the customer any more';

/**
 * Whether an erasure `e` of a customer `c` was scheduled by retention and none of the rules, as they stand, is about the
 * customer, as it stands. The first value is the tenant. A customer that a restore erased has nowhere to come back from.
 */
const undue = async (sql: Sql, tenant: Tenant): Promise<{ condition: string; values: unknown[] }> => {
  const { deletedCustomers, closedCustomers } = await readRetentionRules(sql, tenant.id);
  const closed = storedTerm(tenant, { field: 'status', term: 'closed' });
  const isOld = (days: string) => `c.updated_at <= now() - make_interval(days => ${days}::int4)`;
  const condition = `e.status = 'scheduled' AND e.requested_by = $2 AND e.contract = $3 AND c.erased_at IS NULL
    AND (c.deleted_at IS NOT NULL AND ${isOld('$4')}
      OR ${isOld('$5')} AND EXISTS (SELECT 1 FROM customer_lookup l WHERE l.tenant_id = $1 AND l.field = $6
        AND l.token = $7 AND l.number = c.number)) IS NOT TRUE`;
  const { principal, contract } = byRetention;
  return {
    condition,
    values: [tenant.id, principal, contract, deletedCustomers, closedCustomers, closed.field, closed.token],
  };
};
