import type { Delivery } from '../webhooks/webhook.ts';
import type { Sql } from './sql.ts';

/**
 * Ends a delivery that is still this claim's, and lets the next of its customer be due. Nobody hands events over
 * meanwhile: whoever does would take the one that ends for the oldest still.
 */
export const endDelivery = async (
  sql: Sql,
  tenantId: string,
  webhookId: string,
  { customerId, version, attempts }: Delivery,
): Promise<void> => {
  await sql('SELECT 1 FROM webhook WHERE tenant_id = $1 AND webhook_id = $2 FOR SHARE', [
    tenantId,
    webhookId,
  ]);
  const ended = await sql(
    `DELETE FROM webhook_delivery WHERE tenant_id = $1 AND webhook_id = $2 AND customer_id = $3 AND version = $4
       AND attempts = $5 RETURNING 1 AS ended`,
    [tenantId, webhookId, customerId, version, attempts],
  );
  if (ended.length === 0) return;
  await sql(
    `UPDATE webhook_delivery SET due_at = now() WHERE tenant_id = $1 AND webhook_id = $2 AND customer_id = $3
       AND version = (SELECT min(n.version) FROM webhook_delivery n
                      WHERE n.tenant_id = $1 AND n.webhook_id = $2 AND n.customer_id = $3)`,
    [tenantId, webhookId, customerId],
  );
};
