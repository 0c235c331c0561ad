import { parseList } from 'structured-headers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import type { Answer } from '../../support/client.ts';
import { type KeyOptions, startService, type TestService } from '../../support/service.ts';
import { logIn } from './client.ts';

const month = 30 * 24 * 3600;
let service: TestService;
beforeAll(async () => {
  service = await startService({
    settings: {
      SERVITLY_RATE_LIMIT_TENANT_PER_HOUR: '9',
      SERVITLY_RATE_LIMIT_KEY_PER_HOUR: '4',
      SERVITLY_RATE_LIMIT_KEY_PER_MONTH: '6',
    },
  });
});
afterAll(() => service.stop());

/** The answers to so many reads by a key of a tenant. */
const burst = async (size: number, tenantId: string, tenantName: string, key: KeyOptions = {}) => {
  const client = await logIn({ ...(await service.withKey({ ...key, tenantId })), tenantName });
  const answers: Answer[] = [];
  for (let count = 0; count < size; count++) answers.push(await client.get('/network/customers/x'));
  return answers;
};
const passed = (answers: Answer[]) => answers.filter(({ status }) => status === 404).length;
const last = (answers: Answer[]) => answers.at(-1) as Answer;
const policies = (answer: Answer) =>
  parseList(answer.headers.get('ratelimit-policy') ?? '').map(([name, parameters]) => [
    String(name),
    parameters.get('q'),
    parameters.get('w'),
  ]);
const bound = { customerId: '018f0000-0000-7000-8000-000000000001' };

test('the limits are told in the vendor’s order: tenant an hour, bound key an hour, key a month', async () => {
  const { tenantId, tenantName } = await service.otherTenant();
  expect(policies(last(await burst(1, tenantId, tenantName, bound)))).toEqual([
    ['servitly-tenant-hour', 9, 3600],
    ['servitly-key-hour', 4, 3600],
    ['servitly-key-month', 6, month],
  ]);
  expect(policies(last(await burst(1, tenantId, tenantName)))).toEqual([
    ['servitly-tenant-hour', 9, 3600],
    ['servitly-key-month', 6, month],
  ]);
});

test('beyond one of them every call is refused with 429, the vendor’s text, and when to come again', async () => {
  const { tenantId, tenantName } = await service.otherTenant();
  const answers = await burst(8, tenantId, tenantName);
  expect(passed(answers)).toBe(6);
  expect(last(answers).status).toBe(429);
  expect(last(answers).body).toEqual({ message: 'API call rate limit exeeded' });
  expect(Number(last(answers).headers.get('retry-after'))).toBeLessThanOrEqual(month);
});

test('a key that is bound to a customer may call less often', async () => {
  const { tenantId, tenantName } = await service.otherTenant();
  const answers = await burst(6, tenantId, tenantName, bound);
  expect(passed(answers)).toBe(4);
  expect(Number(last(answers).headers.get('retry-after'))).toBeLessThanOrEqual(3600);
});

test('a tenant’s keys count together, however often they log in, and no other tenant’s', async () => {
  const { tenantId, tenantName } = await service.otherTenant();
  expect(passed(await burst(6, tenantId, tenantName))).toBe(6);
  expect(passed(await burst(6, tenantId, tenantName))).toBe(3);
  const other = await service.otherTenant();
  expect(passed(await burst(6, other.tenantId, other.tenantName))).toBe(6);
});

test('a key’s logins count together', async () => {
  const { tenantId, tenantName } = await service.otherTenant();
  const key = { ...(await service.withKey({ tenantId })), tenantName };
  let count = 0;
  for (let times = 0; times < 4; times++) {
    const client = await logIn(key);
    for (let calls = 0; calls < 2; calls++)
      count += Number((await client.get('/network/customers/x')).status === 404);
  }
  expect(count).toBe(6);
});

test('unless it is set, a bound key has 100 an hour, every key 10,000 a month, and a tenant as many as it likes', () => {
  expect(readConfig({})).toMatchObject({
    SERVITLY_RATE_LIMIT_TENANT_PER_HOUR: 0,
    SERVITLY_RATE_LIMIT_KEY_PER_HOUR: 100,
    SERVITLY_RATE_LIMIT_KEY_PER_MONTH: 10_000,
  });
});
