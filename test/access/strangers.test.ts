import { randomUUID } from 'node:crypto';
import { parseItem } from 'structured-headers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const quota = 5;
let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: { RATE_LIMIT_ADDRESS_PER_MINUTE: String(quota) } });
});
afterAll(() => service.stop());

const asked = (client: Client, secret?: string): Promise<Answer> =>
  client.send(
    'GET',
    '/v1/customers?limit=1',
    secret ? { headers: { authorization: `Bearer ${secret}` } } : {},
  );
const invented = (): string => createApiKey(randomUUID()).secret;

test('one wrong key, however often it is sent, is told that it is wrong; so is a text that is no key', async () => {
  for (const secret of [invented(), 'guess']) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => asked(service, secret)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  }
});

test('keys that are good count nothing', async () => {
  for (let times = 0; times < 3 * quota; times++) {
    expect((await asked(await service.withKey())).status).toBe(200);
  }
});

test('beyond so many wrong keys from an address it is told 429, and keys that were good go on', async () => {
  const good = await service.withKey();
  expect((await asked(good)).status).toBe(200);
  const answers = await Promise.all(Array.from({ length: 40 }, () => asked(service, invented())));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(quota);
  expect(refused.length).toBeGreaterThanOrEqual(40 - quota);
  for (const answer of refused) {
    expect(answer.body).toMatchObject({ type: 'urn:customary:problem:rate-limited' });
    expect(parseItem(answer.headers.get('retry-after') ?? '')[0]).toBeGreaterThan(0);
  }
  expect((await asked(await service.withKey())).status).toBe(429);
  // For longer than the database's answer is believed.
  const began = performance.now();
  await vi.waitUntil(async () => {
    expect((await asked(good)).status).toBe(200);
    return performance.now() - began > 1200;
  }, 5000);
});
