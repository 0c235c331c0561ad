import type { Sql } from './sql.ts';

/** Ends whatever would still be done for a customer that is erased: accepted changes, messages, and the customer's own keys. */
export const endAllOf = async (sql: Sql, tenantId: string, customerId: string): Promise<void> => {
  const of = [tenantId, customerId];
  // What was accepted is never made. Its reply could be sealed under no key.
  await sql(
    `UPDATE request SET status = 'failed', finished_at = now(), result = NULL
     WHERE tenant_id = $1 AND status = 'open' AND customer_id = $2`,
    of,
  );
  await sql(
    `DELETE FROM webhook_delivery WHERE tenant_id = $1 AND customer_id = $2
       AND webhook_id IN (SELECT webhook_id FROM webhook WHERE tenant_id = $1)`,
    of,
  );
  await endKeysOf(sql, tenantId, customerId);
};

/** Ends the keys that are bound to a customer; nobody uses them from here on. */
export const endKeysOf = async (sql: Sql, tenantId: string, customerId: string): Promise<void> => {
  await sql(
    'UPDATE api_key SET revoked_at = now() WHERE tenant_id = $1 AND customer_id = $2 AND revoked_at IS NULL',
    [tenantId, customerId],
  );
};
