import { createHmac, hkdfSync } from 'node:crypto';

/**
 * The secret of a webhook as its subscriber keeps it: `whsec_` and 32 bytes in base64 (Standard Webhooks). It is derived
 * from the tenant's secret (RFC 5869), so that it is stored nowhere and can't be read out of the database alone.
 */
export const webhookSecret = (tenantSecret: Buffer, webhookId: string): string => {
  const bytes = hkdfSync('sha256', tenantSecret, '', `customary webhook ${webhookId}`, 32);
  return `${prefix}${Buffer.from(bytes).toString('base64')}`;
};

const prefix = 'whsec_';

/**
 * The headers that show where a message comes from (Standard Webhooks): its id, which a redelivery repeats, the moment
 * of this attempt in seconds, and HMAC-SHA256 over both and the body.
 */
export const signedHeaders = (
  secret: string,
  messageId: string,
  now: Date,
  body: string,
): Record<string, string> => {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
};
