import { parseItem, parseList } from 'structured-headers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { holdingsOf } from './targets.ts';

/** Low enough to be met at once; a second's refill must not matter within one test's burst of calls. */
const keyQuota = 5;
const tenantQuota = 8;
let service: TestService;
beforeAll(async () => {
  service = await startService({
    settings: {
      RATE_LIMIT_KEY_PER_SECOND: String(keyQuota),
      RATE_LIMIT_TENANT_PER_SECOND: String(tenantQuota),
    },
  });
});
afterAll(() => service.stop());

const burst = (client: Client, size: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: size }, () => client.get('/v1/customers?limit=1')));

const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

/** One policy's item of a header field, with its parameters. */
const itemsOf = (answer: Answer, field: string) =>
  Object.fromEntries(
    parseList(answer.headers.get(field) ?? '').map(([name, parameters]) => [
      String(name),
      Object.fromEntries(parameters),
    ]),
  );

test('every answer tells the limits and what is left of them, as structured fields', async () => {
  const key = await service.withKey({ tenantId: (await service.otherTenant()).tenantId });
  const [answer] = await burst(key, 1);
  expect(itemsOf(answer!, 'ratelimit-policy')).toEqual({
    key: { q: keyQuota, w: 1 },
    tenant: { q: tenantQuota, w: 1 },
  });
  expect(itemsOf(answer!, 'ratelimit')).toEqual({
    key: { r: keyQuota - 1, t: 1 },
    tenant: { r: tenantQuota - 1, t: 1 },
  });
});

test('beyond the limit of a key: 429 with Retry-After; other keys and tenants go on', async () => {
  const other = await service.otherTenant();
  const [first, second] = [
    await service.withKey({ tenantId: other.tenantId }),
    await service.withKey({ tenantId: other.tenantId }),
  ];
  const answers = await burst(first, 60);
  const refused = answers.filter(({ status }) => status === 429);
  expect(statuses(answers).filter((status) => status === 200).length).toBeGreaterThanOrEqual(keyQuota);
  expect(refused.length).toBeGreaterThan(30);
  for (const answer of refused) {
    const retryAfter = answer.headers.get('retry-after') ?? '';
    expect(parseItem(retryAfter)[0]).toBe(1);
    expect(answer.body).toMatchObject({ type: 'urn:customary:problem:rate-limited', status: 429 });
    expect(itemsOf(answer, 'ratelimit')['key']).toMatchObject({ r: 0 });
  }
  expect(statuses(await burst(second, 1))).toEqual([200]);
  expect(statuses(await burst(await service.otherTenant(), 1))).toEqual([200]);
  await vi.waitUntil(async () => statuses(await burst(first, 1))[0] === 200, { timeout: 3000, interval: 50 });
});

test('the limit of a tenant counts all its keys together, and no other tenant', async () => {
  const { tenantId } = await service.otherTenant();
  const keys = await Promise.all([1, 2, 3, 4, 5, 6].map(() => service.withKey({ tenantId })));
  const answers = (await Promise.all(keys.map((key) => burst(key, keyQuota)))).flat();
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expect(itemsOf(answer, 'ratelimit')['tenant']).toMatchObject({ r: 0 });
  expect(statuses(await burst(await service.otherTenant(), 1))).toEqual([200]);
});

test('a refused change is not made, and takes nothing from the limits', async () => {
  const { tenantId } = await service.otherTenant();
  const key = await service.withKey({ tenantId });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      key.send('POST', '/v1/customers', {
        body: { kind: 'person' },
        headers: { 'idempotency-key': `refused-${index}` },
      }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201).length;
  expect(statuses(answers).filter((status) => status === 429)).toHaveLength(40 - made);
  const held = await holdingsOf(service.database, tenantId);
  for (const table of ['customer', 'history', 'outbox', 'idempotency_reply']) {
    expect(held[table], table).toHaveLength(made);
  }
});

test('a text that is no key is refused before any limit is counted', async () => {
  const answer = await fetch(`${service.address}/v1/customers`, { headers: { 'x-api-key': 'guess' } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('ratelimit')).toBeNull();
});
