import { parseList } from 'structured-headers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import { tidyTenant } from '../../src/storage/tidy.ts';
import type { Answer } from '../support/client.ts';
import { type MadeCaller, madeSender } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { startService, type TestService } from '../support/service.ts';

const month = 30 * 24 * 3600;
const limited: Contract = {
  ...madeUp,
  ratePolicies: [
    { name: 'minute', quota: 'REVIO_RATE_LIMIT_PER_MINUTE', windowSeconds: 60, per: 'tenant' },
    {
      name: 'hour',
      quota: 'SERVITLY_RATE_LIMIT_KEY_PER_HOUR',
      windowSeconds: 3600,
      per: 'key',
      boundKeysOnly: true,
    },
    { name: 'month', quota: 'SERVITLY_RATE_LIMIT_KEY_PER_MONTH', windowSeconds: month, per: 'key' },
  ],
};
const options = {
  contracts: [...contracts, limited],
  settings: {
    REVIO_RATE_LIMIT_PER_MINUTE: '12',
    SERVITLY_RATE_LIMIT_KEY_PER_HOUR: '3',
    SERVITLY_RATE_LIMIT_KEY_PER_MONTH: '6',
  },
};

let service: TestService;
beforeAll(async () => {
  service = await startService(options);
});
afterAll(() => service.stop());

const caller = (): Promise<MadeCaller & { tenantId: string }> => service.otherTenant();
const burst = async (one: MadeCaller, size: number, at: TestService = service): Promise<Answer[]> => {
  const send = madeSender(at, one);
  const answers = [];
  for (let count = 0; count < size; count++) answers.push(await send('GET', '/customers/1/'));
  return answers;
};
const passed = (answers: Answer[]) => answers.filter(({ status }) => status !== 429).length;
const policies = (answer: Answer | undefined) =>
  parseList(answer?.headers.get('ratelimit-policy') ?? '').map(([name]) => String(name));

test('a key of a contract with limits of its own is held to all of them', async () => {
  const answers = await burst(await caller(), 8);
  expect(policies(answers[0])).toEqual(['minute', 'month']);
  expect(passed(answers)).toBe(6);
  const wait = Number(answers[7]?.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(60);
  expect(wait).toBeLessThanOrEqual(month);
  expect(answers[7]?.body['made']).toBe('rate-limited');
});

test('a limit of bound keys holds for them alone', async () => {
  const one = await caller();
  const bound = await service.withKey({
    tenantId: one.tenantId,
    customerId: '018f0000-0000-7000-8000-000000000001',
  });
  const answers = await burst({ ...bound, tenantName: one.tenantName }, 5);
  expect(policies(answers[0])).toEqual(['minute', 'hour', 'month']);
  expect(passed(answers)).toBe(3);
  expect(passed(await burst(one, 5))).toBe(5);
});

test('a limit of the tenant counts its keys together, and no other tenant', async () => {
  const one = await caller();
  const keys = await Promise.all([1, 2, 3].map(() => service.withKey({ tenantId: one.tenantId })));
  let count = 0;
  for (const key of keys) count += passed(await burst({ ...key, tenantName: one.tenantName }, 5));
  expect(count).toBe(12);
  expect(passed(await burst(await caller(), 1))).toBe(1);
});

test('other contracts are not held to them', async () => {
  for (let count = 0; count < 15; count++) {
    expect((await service.get('/v1/customers?limit=1')).status).toBe(200);
  }
});

const counted = async (tenantId: string): Promise<number> => {
  const [row] = await service.database.query<{ used: number }>(
    `SELECT coalesce(sum(used), 0)::int AS used FROM rate_count WHERE tenant_id = $1`,
    [tenantId],
  );
  return row?.used ?? 0;
};

test('a long window is not lost by a restart, nor doubled by a second process', async () => {
  const one = await caller();
  const first = await startService({ ...options, database: service.database });
  expect(passed(await burst(one, 4, first))).toBe(4);
  await first.stop();
  expect(await counted(one.tenantId)).toBe(4);
  const second = await startService({ ...options, database: service.database });
  expect(passed(await burst(one, 1, second))).toBe(1);
  await vi.waitUntil(async () => (await counted(one.tenantId)) === 5, { timeout: 5000 });
  // The answer to the count is on its way when the row is there.
  await vi.waitUntil(async () => passed(await burst(one, 1, second)) === 0, { timeout: 5000 });
  await second.stop();
  expect(await counted(one.tenantId)).toBeLessThanOrEqual(7);
});

test('counts are kept until their window is over, and tenants do not see each other’s', async () => {
  const one = await caller();
  await burst(one, 1);
  await vi.waitUntil(async () => (await counted(one.tenantId)) === 1, { timeout: 5000 });
  const other = await service.otherTenant();
  const { database } = service.app;
  expect(await database.inTenant(other.tenantId, (sql) => sql('SELECT 1 FROM rate_count'))).toEqual([]);
  await tidyTenant(database, one.tenantId);
  expect(await counted(one.tenantId)).toBe(1);
  await service.database.query('UPDATE rate_count SET ends_at = now() WHERE tenant_id = $1', [one.tenantId]);
  await tidyTenant(database, one.tenantId);
  expect(await counted(one.tenantId)).toBe(0);
});

test('a quota that no setting has stops the start', async () => {
  const wrong: Contract = {
    ...madeUp,
    ratePolicies: [{ name: 'x', quota: 'NO_SUCH_SETTING', windowSeconds: 60, per: 'key' }],
  };
  const starting = startService({ contracts: [...contracts, wrong], database: service.database });
  await expect(starting).rejects.toThrow('NO_SUCH_SETTING');
});
