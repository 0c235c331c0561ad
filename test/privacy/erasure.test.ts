import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../support/client.ts';
import { carryOutDue, eraseNow, erasureOf, schedule, why } from '../support/erasures.ts';
import { holdLock } from '../support/lock.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let officer: Client;
beforeAll(async () => {
  service = await startService();
  officer = await service.withKey({ name: 'officer', scopes: ['privacy:manage'] });
});
afterAll(() => service.stop());

const person = async (more: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', name: 'Zada Lovelace', ...more }))['id'];
const codeOf = ({ status, body }: { status: number; body: Record<string, any> }) => [
  status,
  String(body['type']).replace('urn:customary:problem:', ''),
];
const holdOf = (id: string) => `/v1/customers/${id}/legal-hold`;
const hold = (id: string, reason = 'Zcourt') => officer.send('PUT', holdOf(id), { body: { reason } });
const release = (id: string) => officer.send('DELETE', holdOf(id), { headers: why });
const day = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();
/** As if the window were over. */
const makeDue = (id: string) =>
  service.database.query('UPDATE erasure SET due_at = now() WHERE customer_id = $1', [id]);

/** Who waits for this has looked for a kept reply before anybody can keep one. */
const holdReplies = async () => {
  const lock = await holdLock(service.database, 'SELECT 1', []);
  await lock.query('LOCK TABLE idempotency_reply IN SHARE ROW EXCLUSIVE MODE');
  return lock;
};

describe('the window', () => {
  test('an erasure is due after thirty days, and until then the customer is there', async () => {
    const id = await person();
    const { status, body } = await schedule(officer, id);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      customerId: id,
      status: 'scheduled',
      requestedBy: 'officer',
      reason: 'Zreason',
    });
    expect(Date.parse(body['dueAt']) - Date.parse(body['requestedAt'])).toBe(30 * day);
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(200);
    expect((await officer.get(erasureOf(id))).body).toEqual(body);
  });

  test('may be longer, and shorter only when it is waived', async () => {
    const [longer, shorter, waived] = [await person(), await person(), await person()];
    const after = inDays(60);
    expect((await schedule(officer, longer, { after })).body['dueAt']).toBe(after);
    const refused = await schedule(officer, shorter, { after: inDays(29) });
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toEqual([
      { pointer: '/after', rule: 'window', detail: expect.any(String) },
    ]);
    const soon = inDays(1);
    const { body } = await schedule(officer, waived, { after: soon, waiveWindow: true });
    expect(body).toMatchObject({ dueAt: soon, windowWaived: true });
  });

  test('a wish that is not as it should be schedules nothing', async () => {
    const id = await person();
    // The last two are date-times, and no calendar here knows them.
    const moments = ['soon', '2028-12-31T23:59:60Z', '0000-01-01T00:00:00Z'];
    const late = moments.map((after) => ({ reason: 'x', after }));
    for (const body of [{}, { reason: ' ' }, { reason: 'x', now: true }, ...late]) {
      expect((await officer.send('POST', erasureOf(id), { body })).status).toBe(422);
    }
    expect((await officer.get(erasureOf(id))).status).toBe(404);
  });
});

describe('asking again', () => {
  test('for the same gives the same erasure, for another one a conflict', async () => {
    const id = await person();
    const first = await schedule(officer, id);
    const again = await schedule(officer, id);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(codeOf(await schedule(officer, id, { reason: 'another' }))).toEqual([409, 'erasure-scheduled']);
  });
});

describe('a repeat under an idempotency key', () => {
  const keyed = (key: string) => ({ ...why, 'idempotency-key': key });
  const replayed = (again: Answer, first: Answer) => {
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  };

  test('of a wish gives its reply, also after it was cancelled, and schedules nothing more', async () => {
    const id = await person();
    const key = { 'idempotency-key': `erase-${id}` };
    const first = await schedule(officer, id, {}, key);
    expect(first.status).toBe(201);
    await officer.send('DELETE', erasureOf(id), { headers: why });
    replayed(await schedule(officer, id, {}, key), first);
    expect((await officer.get(erasureOf(id))).body).toMatchObject({
      id: first.body['id'],
      status: 'cancelled',
    });
    const other = await schedule(officer, id, { waiveWindow: true }, key);
    expect(codeOf(other)).toEqual([409, 'idempotency-key-reused']);
  });

  test('of a wish that was refused is refused again, whatever stood in its way', async () => {
    const id = await person();
    const wish = (name: string, more: object = {}) =>
      schedule(officer, id, more, { 'idempotency-key': `${name}-${id}` });
    await hold(id);
    const held = await wish('held');
    expect(codeOf(held)).toEqual([409, 'legal-hold']);
    await release(id);
    const soon = { after: inDays(29) };
    const early = await wish('early', soon);
    expect(early.status).toBe(422);
    const child = await person({ parentId: id });
    const parent = await wish('parent');
    expect(codeOf(parent)).toEqual([409, 'has-sub-customers']);
    await service.patch(child, { parentId: null });
    replayed(await wish('parent'), parent);
    replayed(await wish('held'), held);
    replayed(await wish('early', soon), early);
    expect((await officer.get(erasureOf(id))).status).toBe(404);
    await schedule(officer, id, { reason: 'Asked for first' });
    const second = await wish('second');
    expect(codeOf(second)).toEqual([409, 'erasure-scheduled']);
    await officer.send('DELETE', erasureOf(id), { headers: why });
    replayed(await wish('second'), second);
    expect((await officer.get(erasureOf(id))).body['status']).toBe('cancelled');
  });

  test('of a cancellation that found nothing leaves what was scheduled since', async () => {
    const id = await person();
    const cancel = () => officer.send('DELETE', erasureOf(id), { headers: keyed(`early-${id}`) });
    const first = await cancel();
    expect(codeOf(first)).toEqual([404, 'not-found']);
    await schedule(officer, id);
    replayed(await cancel(), first);
    expect((await officer.get(erasureOf(id))).body['status']).toBe('scheduled');
  });

  test('of a hold on nobody is refused again', async () => {
    const id = uuidv7();
    const set = () =>
      officer.send('PUT', holdOf(id), { body: { reason: 'Zcourt' }, headers: keyed(`nobody-${id}`) });
    const first = await set();
    expect(codeOf(first)).toEqual([404, 'not-found']);
    replayed(await set(), first);
  });

  test('of a cancellation gives its reply, and leaves what was scheduled since', async () => {
    const id = await person();
    await schedule(officer, id);
    const cancel = () => officer.send('DELETE', erasureOf(id), { headers: keyed(`cancel-${id}`) });
    const first = await cancel();
    const { body } = await schedule(officer, id, { reason: 'Asked for again' });
    replayed(await cancel(), first);
    expect((await officer.get(erasureOf(id))).body).toEqual(body);
    const other = await officer.send('DELETE', holdOf(id), { headers: keyed(`cancel-${id}`) });
    expect(codeOf(other)).toEqual([409, 'idempotency-key-reused']);
  });

  test('of setting and releasing a hold gives its reply, and leaves the hold as it is', async () => {
    const id = await person();
    const set = (reason = 'Zcourt') =>
      officer.send('PUT', holdOf(id), { body: { reason }, headers: keyed(`set-${id}`) });
    const end = () => officer.send('DELETE', holdOf(id), { headers: keyed(`end-${id}`) });
    const [one, twin] = await Promise.all([set(), set()]);
    expect(one.text).toBe(twin.text);
    const ended = await end();
    replayed(await set(), [one, twin].find(({ headers }) => !headers.has('idempotency-replayed')) as Answer);
    expect((await officer.get(holdOf(id))).body).toMatchObject({ held: false, entries: { length: 2 } });
    await hold(id);
    replayed(await end(), ended);
    expect((await officer.get(holdOf(id))).body).toMatchObject({ held: true, entries: { length: 3 } });
    expect(codeOf(await set('another'))).toEqual([409, 'idempotency-key-reused']);
    const rows = await service.database.query<{ row: string }>(
      'SELECT i::text AS row FROM idempotency_reply i WHERE customer_id = $1',
      [id],
    );
    expect(rows).toHaveLength(2);
    expect(rows.filter(({ row }) => row.includes(Buffer.from('Zcourt').toString('hex')))).toEqual([]);
    await release(id);
    await eraseNow(service, id);
    expect((await end()).status).toBe(410);
  });
});

describe('one idempotency key for two customers at once', () => {
  test('does something for one of them alone', async () => {
    const ids = [await person(), await person()];
    const lock = await holdReplies();
    const headers = { 'idempotency-key': `both-${ids[0]}` };
    const setting = Promise.all(
      ids.map((id) => officer.send('PUT', holdOf(id), { body: { reason: 'Zcourt' }, headers })),
    );
    await lock.awaited(2);
    await lock.release();
    const answers = await setting;
    expect(answers.map(codeOf).sort()).toEqual([
      [200, 'undefined'],
      [409, 'idempotency-key-reused'],
    ]);
    const holds = await Promise.all(ids.map((id) => officer.get(holdOf(id))));
    expect(holds.map(({ body }) => body['held'])).toEqual(answers.map(({ status }) => status === 200));
  });
});

test('of two that ask the same about nobody at once, one is told to wait', async () => {
  const id = uuidv7();
  const lock = await holdReplies();
  const headers = { 'idempotency-key': `nobody-twice-${id}` };
  const set = () => officer.send('PUT', holdOf(id), { body: { reason: 'Zcourt' }, headers });
  const setting = Promise.all([set(), set()]);
  await lock.awaited(2);
  await lock.release();
  const answers = await setting;
  expect(answers.map(codeOf).sort()).toEqual([
    [404, 'not-found'],
    [409, 'idempotency-key-in-progress'],
  ]);
  expect(answers.find(({ status }) => status === 409)?.headers.get('retry-after')).toBe('1');
  expect(codeOf(await set())).toEqual([404, 'not-found']);
});

describe('a cancelled erasure', () => {
  test('is not carried out, says by whom and why, and another one can be scheduled', async () => {
    const id = await person();
    await schedule(officer, id);
    const missing = await officer.send('DELETE', erasureOf(id));
    expect(codeOf(missing)).toEqual([400, 'invalid-header']);
    const cancelled = await officer.send('DELETE', erasureOf(id), { headers: why });
    expect(cancelled.body).toMatchObject({
      status: 'cancelled',
      cancelledBy: 'officer',
      cancelReason: 'Zreason: withdrawn',
    });
    await makeDue(id);
    await carryOutDue(service);
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(200);
    const again = await officer.send('DELETE', erasureOf(id), { headers: { 'customary-reason': 'again' } });
    expect(again.body).toMatchObject({ status: 'cancelled', cancelReason: 'Zreason: withdrawn' });
    expect((await schedule(officer, id)).status).toBe(201);
  });

  test('is not there where none was asked for', async () => {
    const id = await person();
    expect((await officer.send('DELETE', erasureOf(id), { headers: why })).status).toBe(404);
    expect((await officer.get(`${erasureOf(id)}/certificate`)).status).toBe(404);
  });
});

describe('a legal hold', () => {
  test('refuses an erasure, and keeps its trail', async () => {
    const id = await person();
    expect((await officer.get(holdOf(id))).body).toEqual({ held: false, entries: [] });
    const { body } = await hold(id);
    expect(body).toMatchObject({
      held: true,
      entries: [{ event: 'set', principal: 'officer', reason: 'Zcourt' }],
    });
    expect((await hold(id)).body).toEqual(body);
    expect((await hold(id, 'Ztax')).body['entries']).toHaveLength(2);
    expect(codeOf(await schedule(officer, id))).toEqual([409, 'legal-hold']);
    expect((await officer.send('DELETE', holdOf(id))).status).toBe(400);
    const released = await release(id);
    expect(released.body).toMatchObject({ held: false });
    expect(released.body['entries'].map((one: { event: string }) => one.event)).toEqual([
      'released',
      'set',
      'set',
    ]);
    expect((await release(id)).body).toEqual(released.body);
    expect((await schedule(officer, id)).status).toBe(201);
  });

  test('keeps one that is due waiting until it is released', async () => {
    const id = await person();
    await schedule(officer, id);
    await hold(id);
    await makeDue(id);
    expect((await officer.get(erasureOf(id))).body).toMatchObject({ status: 'held', heldBy: 'legal-hold' });
    await carryOutDue(service);
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(200);
    expect((await officer.get(erasureOf(id))).body).toMatchObject({ status: 'held' });
    await release(id);
    await carryOutDue(service);
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(410);
    // The trail stays, its words are gone.
    const { entries } = (await officer.get(holdOf(id))).body;
    expect(entries.map((one: { reason: unknown }) => one.reason)).toEqual([null, null]);
    expect((await hold(id)).status).toBe(410);
  });

  test('nobody of the service can change what was set', async () => {
    const { tenantId } = service;
    for (const statement of ["UPDATE legal_hold SET event = 'released'", 'DELETE FROM legal_hold']) {
      const change = service.app.database.inTenant(tenantId, (sql) => sql(statement));
      await expect(change).rejects.toThrow(/permission denied/);
    }
  });
});

describe('sub-customers', () => {
  test('refuse an erasure, and keep one that is due waiting', async () => {
    const parent = await person();
    await schedule(officer, parent);
    const child = await person({ parentId: parent });
    await makeDue(parent);
    expect((await officer.get(erasureOf(parent))).body).toMatchObject({
      status: 'held',
      heldBy: 'sub-customers',
    });
    const other = await person();
    await person({ parentId: other });
    expect(codeOf(await schedule(officer, other))).toEqual([409, 'has-sub-customers']);
    await carryOutDue(service);
    expect((await service.get(`/v1/customers/${parent}`)).status).toBe(200);
    await eraseNow(service, child);
    await carryOutDue(service);
    expect((await service.get(`/v1/customers/${parent}`)).status).toBe(410);
  });
});

describe('the list', () => {
  test('has every erasure by its status, page by page', async () => {
    const other = await service.otherTenant();
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three'])
      ids.push((await other.create({ kind: 'person', name }))['id']);
    for (const id of ids) await schedule(other, id);
    await other.send('DELETE', erasureOf(ids[0] as string), { headers: why });
    const list = async (query: string) => (await other.get(`/v1/erasures${query}`)).body;
    const idsIn = (body: Record<string, any>) =>
      body['erasures'].map((one: { customerId: string }) => one.customerId);
    expect(idsIn(await list(''))).toEqual(ids.toReversed());
    expect(idsIn(await list('?status=cancelled'))).toEqual([ids[0]]);
    expect(idsIn(await list('?status=completed'))).toEqual([]);
    const first = await list('?limit=2');
    const rest = await list(`?limit=2&pageToken=${first['nextPageToken']}`);
    expect([...idsIn(first), ...idsIn(rest)]).toEqual(ids.toReversed());
    expect(rest['nextPageToken']).toBeUndefined();
    const foreign = await officer.get(`/v1/erasures?limit=2&pageToken=${first['nextPageToken']}`);
    expect(foreign.status).toBe(400);
    expect((await other.get('/v1/erasures?status=all')).status).toBe(400);
  });
});

test('a deleted customer is erased as well', async () => {
  const id = await person();
  await service.remove(id);
  await eraseNow(service, id);
  expect(codeOf(await service.get(`/v1/customers/${id}`))).toEqual([410, 'erased']);
});

test('an erased customer is erased once, and one that is not there not at all', async () => {
  const id = await person();
  await eraseNow(service, id);
  expect(codeOf(await schedule(officer, id))).toEqual([410, 'erased']);
  expect(codeOf(await officer.send('DELETE', erasureOf(id), { headers: why }))).toEqual([410, 'erased']);
  expect((await schedule(officer, uuidv7())).status).toBe(404);
  expect((await hold(uuidv7())).status).toBe(404);
});

test('a key that is bound to a customer erases what is below it, and ends with its own customer', async () => {
  const [root, stranger] = [await person(), await person()];
  const child = await person({ parentId: root });
  const bound = await service.withKey({ customerId: root });
  expect((await schedule(bound, stranger)).status).toBe(404);
  expect((await bound.get(holdOf(stranger))).status).toBe(404);
  expect((await schedule(bound, child)).status).toBe(201);
  expect((await bound.get('/v1/erasures')).body['erasures']).toHaveLength(1);
  await service.patch(child, { parentId: null });
  await eraseNow(service, root);
  // Services hear of it within a second.
  const [key] = await service.database.query('SELECT revoked_at FROM api_key WHERE key_id = $1', [
    bound.keyId,
  ]);
  expect(key?.['revoked_at']).toBeInstanceOf(Date);
});
