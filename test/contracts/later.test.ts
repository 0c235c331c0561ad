import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { range } from '../support/answers.ts';
import type { Answer } from '../support/client.ts';
import { holdCustomer } from '../support/lock.ts';
import { madeSender } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let send: ReturnType<typeof madeSender>;
beforeAll(async () => {
  service = await startService({ contracts: [...contracts, madeUp] });
  send = madeSender(service, service);
});
afterAll(() => service.stop());

const make = async (data?: object): Promise<{ id: string; number: number }> => {
  const { id, number } = await service.create(data);
  return { id, number };
};
const later = (number: number, body: object, as = send, headers = {}) =>
  as('PATCH', `/later/${number}`, { body, headers });
const ended = async (accepted: Answer, as = send): Promise<Answer['body']> =>
  vi.waitUntil(
    async () => {
      const { status, body } = await as('GET', `/calls/${accepted.body['call']}`);
      if (status !== 200) throw new Error(`Not found: ${status}`);
      return body['status'] === 'open' ? undefined : body;
    },
    { timeout: 20_000, interval: 5 },
  );
const bound = async (customerId: string) => {
  const key = await service.withKey({ customerId });
  return madeSender(key, { ...key, tenantName: service.tenantName });
};

describe('a change that is always made later', () => {
  test('is accepted with the contract’s own answer, and made without being asked for', async () => {
    const { id, number } = await make();
    const accepted = await later(number, { title: 'Later' });
    expect([accepted.status, Object.keys(accepted.body)]).toEqual([200, ['call']]);
    expect(accepted.headers.get('customary-ignored')).toBe('clock');
    const began = performance.now();
    expect(await ended(accepted)).toMatchObject({ status: 'succeeded', code: null });
    // A request that nobody is told of is found by the sweep alone, after two seconds.
    expect(performance.now() - began).toBeLessThan(1500);
    expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({ name: 'Later', version: 2 });
  });

  test('keeps why it failed, in the contract’s shape and words', async () => {
    const { number } = await make();
    const failed = await ended(await later(number, { code: 'x'.repeat(26) }));
    expect(failed).toMatchObject({ status: 'failed', code: 'validation-failed' });
    expect(JSON.parse(failed['reply'])).toMatchObject({
      made: 'validation-failed',
      faults: [{ pointer: '/code', rule: 'maxLength' }],
      path: `/made/later/${number}`,
      route: 'updateLater',
    });
  });

  test('tells a refusal from a defect', async () => {
    const { id, number } = await make();
    await service.patch(id, { source: 'poison' });
    expect(await ended(await later(number, { title: 'x' }))).toMatchObject({
      status: 'failed',
      code: 'internal-error',
    });
    expect((await service.get(`/v1/customers/${id}`)).body['version']).toBe(2);
  });

  test('answers its stored refusal as the caller of then accepted it', async () => {
    const { number } = await make();
    const plain = { accept: 'text/plain' };
    const failed = await ended(await later(number, { code: 'x'.repeat(26) }, send, plain));
    expect(failed['reply']).toBe('made validation-failed');
  });
});

describe('a rule of who may change what', () => {
  test('is judged when a change is accepted: nothing is kept of a refused one', async () => {
    const root = await make();
    const child = await make({ kind: 'person', parentId: root.id });
    const key = await bound(root.id);
    const own = await later(root.number, { title: 'Own' }, key);
    expect([own.status, own.body['made']]).toEqual([403, 'forbidden']);
    expect((await later((await make()).number, { title: 'x' }, key)).status).toBe(404);
    expect((await later(2_000_000_000, { title: 'x' }, key)).status).toBe(404);
    const rows = await service.database.query('SELECT 1 FROM request WHERE customer_id = $1', [root.id]);
    expect(rows).toEqual([]);
    expect(
      await ended(await later(child.number, { title: 'Below', parent: root.number }, key), key),
    ).toMatchObject({
      status: 'succeeded',
    });
  });

  test('is judged again when the change is made', async () => {
    const { id, number } = await make();
    const lock = await holdCustomer(service.database, id);
    const { door } = service.app;
    const waiting = (count: number) => vi.waitUntil(() => door.waiting() === count, { interval: 1 });
    const first = service.patch(id, { note: 'in the way' });
    await lock.awaited();
    const accepting = later(number, { title: 'Too late' });
    await waiting(1);
    const closing = service.patch(id, { status: 'closed' });
    await waiting(2);
    await lock.release();
    expect([(await first).status, (await accepting).status, (await closing).status]).toEqual([200, 200, 200]);
    expect(await ended(await accepting)).toMatchObject({ status: 'failed', code: 'forbidden' });
    expect((await service.get(`/v1/customers/${id}`)).body['name']).toBe('Ada Lovelace');
  });
});

describe('a contract’s requests', () => {
  test('are told to their own principal and in their own contract alone', async () => {
    const accepted = await later((await make()).number, { title: 'Mine' });
    await ended(accepted);
    const path = `/calls/${accepted.body['call']}`;
    const key = await service.withKey({ name: 'another' });
    const another = madeSender(key, { ...key, tenantName: service.tenantName });
    const tenant = await service.otherTenant();
    const twin = await service.withKey({ name: 'main' });
    const rotated = madeSender(twin, { ...twin, tenantName: service.tenantName });
    const statuses = [another, madeSender(tenant, tenant), rotated].map((one) => one('GET', path));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([404, 404, 200]);
    expect((await service.get(`/v1/requests/${accepted.body['call']}`)).status).toBe(404);
    const native = await service.patch((await make()).id, { note: 'x' }, { prefer: 'respond-async' });
    expect((await send('GET', `/calls/${native.body['id']}`)).status).toBe(404);
  });

  test('a thousand of them end in the order of each customer, whatever poison stands among them', async () => {
    const good = await Promise.all(range(4).map(() => make()));
    const poison = await make({ kind: 'person', source: 'poison' });
    const accepted: { answer: Answer; poisoned: boolean }[] = [];
    for (const round of range(40)) {
      const batch = range(25).map(async (index) => {
        const poisoned = index === 7;
        const { number } = poisoned ? poison : (good[index % 4] as (typeof good)[0]);
        const answer = await later(number, { title: `${round}` });
        return { answer, poisoned };
      });
      accepted.push(...(await Promise.all(batch)));
    }
    const open = `SELECT 1 FROM request WHERE status = 'open' LIMIT 1`;
    const done = async () => (await service.database.query(open)).length === 0;
    await vi.waitUntil(done, { timeout: 30_000 });
    const outcomes = await Promise.all(
      accepted.map(async ({ answer, poisoned }) => ({ poisoned, ...(await ended(answer)) })),
    );
    for (const { poisoned, status, code } of outcomes as Record<string, unknown>[]) {
      expect([status, code]).toEqual(poisoned ? ['failed', 'internal-error'] : ['succeeded', null]);
    }
    for (const { id } of good) {
      const { body } = await service.get(`/v1/customers/${id}/history?limit=500`);
      const titles = body['entries']
        .toReversed()
        .flatMap((entry: { changes: { path: string; after: string }[] }) =>
          entry.changes.filter(({ path }) => path === '/name').map(({ after }) => after),
        );
      expect(titles.slice(1)).toEqual(range(40).map(String));
    }
  });
});
