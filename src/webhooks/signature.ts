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

/** The headers that show where a message comes from (Standard Webhooks), as OpenAPI describes them. */
export const signatureHeaders = {
  'webhook-id': {
    schema: { type: 'string', format: 'uuid' },
    description: 'The `eventId`: the same whenever the event is sent again.',
  },
  'webhook-timestamp': {
    schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
    description: 'The moment of this attempt, in seconds since 1970.',
  },
  'webhook-signature': {
    schema: { type: 'string', pattern: '^v1,[A-Za-z0-9+/]{43}=$' },
    description:
      '`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. Its key are the bytes that stand in base64 behind `whsec_` in the secret of the webhook.',
  },
} as const;

/** The signature headers of a message: its id, which a redelivery repeats, and the moment of this attempt. */
export const signedHeaders = (
  secret: string,
  messageId: string,
  now: Date,
  body: string,
): Record<keyof typeof signatureHeaders, string> => {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
};
