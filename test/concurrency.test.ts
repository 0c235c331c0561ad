import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem, range } from './support/answers.ts';
import { countUp } from './support/count-up.ts';
import { unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

const writers = 64;

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const newCustomer = async (data?: object) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;

describe('64 writers on one customer', () => {
  test('reading, changing and writing with If-Match lose no update', async () => {
    const id = await newCustomer();
    await Promise.all(range(writers).map(() => countUp(service, id)));
    expect(await read(id)).toMatchObject({ version: 1 + writers, attributes: { counter: String(writers) } });
  });

  test('with one stale If-Match and onConflict=merge, every change of a place of its own is present', async () => {
    const id = await newCustomer({ attributes: { shared: 'kept' } });
    const stale = { 'if-match': '"1"' };
    const answers = await Promise.all(
      range(writers).map((n) =>
        service.patch(id, { attributes: { [`n${n}`]: 'x' } }, stale, '?onConflict=merge'),
      ),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    const all = Object.fromEntries(range(writers).map((n) => [`n${n}`, 'x']));
    expect(await read(id)).toMatchObject({ version: 1 + writers, attributes: { ...all, shared: 'kept' } });
  });

  test('without any precondition, each lands once and the versions have no gap', async () => {
    const id = await newCustomer();
    const answers = await Promise.all(range(writers).map((n) => service.patch(id, { note: `note ${n}` })));
    const versions = answers.map((answer) => answer.body['version'] as number).sort((a, b) => a - b);
    expect(versions).toEqual(range(writers).map((n) => n + 2));
    expect(answers.every((answer) => answer.headers.get('etag') === `"${answer.body['version']}"`)).toBe(
      true,
    );
  });

  test('creations at once get numbers without gap or repetition', async () => {
    const made = await Promise.all(range(writers).map(() => service.create()));
    const numbers = made.map((customer) => customer['number'] as number).sort((a, b) => a - b);
    expect(numbers).toEqual(range(writers).map((n) => (numbers[0] as number) + n));
  });

  test('of all who claim one account number, one gets it', async () => {
    const ids = await Promise.all(range(16).map(() => newCustomer()));
    const answers = await Promise.all(ids.map((id) => service.patch(id, { accountNumber: 'A-1' })));
    expect(answers.filter((answer) => answer.status === 200).length).toBe(1);
    expect(answers.filter((answer) => problem(answer) === 'already-taken').length).toBe(15);
  });
});

describe('a stale change', () => {
  test('is refused with 412 and the version that there is', async () => {
    const id = await newCustomer();
    await service.patch(id, { note: 'x' });
    const answer = await service.patch(id, { locale: 'de' }, { 'if-match': '"1"' });
    expect([answer.status, answer.body['currentVersion']]).toEqual([412, 2]);
  });

  test('of the same place is a conflict with base, yours and theirs for each path, and changes nothing', async () => {
    const id = await newCustomer({ name: 'Ada', note: 'old', locale: 'en', attributes: { a: '1' } });
    await service.patch(id, {
      note: 'theirs',
      locale: null,
      attributes: { a: '2', b: 'new' },
      status: 'active',
    });
    const mine = { note: 'mine', locale: 'de', attributes: { a: '3', b: 'other' }, name: 'Countess' };
    const answer = await service.patch(id, mine, { 'if-match': '"1"' }, '?onConflict=merge');
    expect([answer.status, problem(answer), answer.body['currentVersion']]).toEqual([
      409,
      'merge-conflict',
      2,
    ]);
    const conflicts = (answer.body['conflicts'] as { path: string }[]).toSorted((a, b) =>
      a.path < b.path ? -1 : 1,
    );
    expect(conflicts).toEqual([
      { path: '/attributes/a', base: '1', yours: '3', theirs: '2' },
      { path: '/attributes/b', yours: 'other', theirs: 'new' },
      { path: '/locale', base: 'en', yours: 'de' },
      { path: '/note', base: 'old', yours: 'mine', theirs: 'theirs' },
    ]);
    expect(await read(id)).toMatchObject({ version: 2, name: 'Ada', note: 'theirs' });
  });

  test('that makes the same of the same place is no conflict', async () => {
    const id = await newCustomer({ note: 'old' });
    await service.patch(id, { note: 'new' });
    const answer = await service.patch(
      id,
      { note: 'new', locale: 'de' },
      { 'if-match': '"1"' },
      '?onConflict=merge',
    );
    expect([answer.status, answer.body['locale']]).toEqual([200, 'de']);
  });

  test.each(['merge patch', 'JSON Patch', 'replacement'])(
    'said as a %s is merged when the places differ',
    async (way) => {
      const id = await newCustomer({ name: 'Ada', note: 'old' });
      const seen = await read(id);
      await service.patch(id, { locale: 'de' });
      const [headers, query] = [{ 'if-match': '"1"' }, '?onConflict=merge'];
      const send = {
        'merge patch': () => service.patch(id, { note: 'mine' }, headers, query),
        'JSON Patch': () =>
          service.jsonPatch(id, [{ op: 'replace', path: '/note', value: 'mine' }], headers, query),
        // The whole of what GET gave, the members of the service included.
        replacement: () => service.put(id, { ...seen, note: 'mine' }, headers, query),
      }[way] as () => ReturnType<typeof service.patch>;
      const answer = await send();
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ version: 3, note: 'mine', locale: 'de' });
    },
  );

  test('of a customer that is deleted, or of a version that never was, is not merged', async () => {
    const id = await newCustomer();
    const future = await service.patch(id, { note: 'x' }, { 'if-match': '"7"' }, '?onConflict=merge');
    await service.remove(id);
    const gone = await service.patch(id, { note: 'x' }, { 'if-match': '"1"' }, '?onConflict=merge');
    expect([future.status, gone.status]).toEqual([412, 404]);
  });
});

test('the times of a history never go back, though a transaction that waited began earlier', async () => {
  const id = await newCustomer();
  const ahead = `now() + interval '1 minute'`;
  await service.database.query(`UPDATE customer SET updated_at = ${ahead} WHERE customer_id = $1`, [id]);
  const before = (await read(id))['updatedAt'] as string;
  const changed = await service.patch(id, { note: 'x' });
  expect(changed.body['updatedAt'] >= before).toBe(true);
  const history = await service.get(`/v1/customers/${id}/history`);
  expect(history.body['entries'][0].recordedAt).toBe(changed.body['updatedAt']);
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
