import type { Client } from './client.ts';

/** Adds one to a customer's counter as a careful client does: read, change, write with If-Match, again after 412. */
export const countUp = async (client: Client, customerId: string): Promise<void> => {
  for (;;) {
    const read = await client.get(`/v1/customers/${customerId}`);
    const { counter = '0' } = (read.body['attributes'] ?? {}) as { counter?: string };
    const next = { attributes: { counter: String(Number(counter) + 1) } };
    const answer = await client.patch(customerId, next, { 'if-match': read.headers.get('etag') as string });
    if (answer.status === 200) return;
    if (answer.status !== 412) throw new Error(`Not counted: ${answer.status} ${answer.text}`);
  }
};
