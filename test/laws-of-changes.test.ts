import fc from 'fast-check';
import { createPatch } from 'rfc6902';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { arbitraryCustomer, relatedCustomers } from './support/arbitrary-customer.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const runs = { numRuns: 20 };
const why = { 'customary-reason': 'A test' };

/** The record without what the service says of it. */
const dataOf = (body: JsonObject): JsonObject => {
  const { id, number, humanReadableId, version, createdAt, updatedAt, ...data } = body;
  return data;
};

/** The record as it should be stored: with the protection level that it has by default. */
const stored = (data: JsonObject): JsonObject => ({ protectionLevel: 1, ...data });

/** Creates a customer; the one before goes, so that its unique values are free while a failing case is made smaller. */
const create = async (data: JsonObject) => {
  if (previous !== undefined) await service.remove(previous, why);
  const created = (await service.create(data, why)) as JsonObject & { id: string };
  previous = created.id;
  return created;
};
let previous: string | undefined;

const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;

/** How many rows say that something happened to the customer. */
const traces = async (id: string) => {
  const [row] = await service.database.query(
    `SELECT (SELECT version FROM customer WHERE customer_id = $1) AS version,
       (SELECT count(*) FROM history WHERE customer_id = $1) AS history,
       (SELECT count(*) FROM outbox WHERE customer_id = $1) AS events`,
    [id],
  );
  return row;
};

const newestEntry = async (id: string) =>
  (await service.get(`/v1/customers/${id}/history?limit=1`)).body['entries'][0] as JsonObject;

const byPath = (changes: Json): Json[] =>
  (changes as { path: string }[]).toSorted((a, b) => (a.path < b.path ? -1 : 1));

test('absent, null and a value are three states, on the way in and on the way out', async () => {
  const withoutIds = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (name, one) => (name === 'id' ? undefined : one)));
  await fc.assert(
    fc.asyncProperty(arbitraryCustomer(), async (data) => {
      const created = await create(data);
      expect(withoutIds(dataOf(created))).toEqual(withoutIds(stored(data)));
      expect(await read(created.id)).toEqual(created);
      const history = await newestEntry(created.id);
      const shown = Object.fromEntries(
        (history['changes'] as { path: string; after: Json }[]).map(({ path, after }) => [
          path.slice(1),
          after,
        ]),
      );
      expect(shown).toEqual(dataOf(created));
    }),
    runs,
  );
});

test('a PUT replaces the whole record: what it leaves out is gone, but for the protection level', async () => {
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), async ([one, two]) => {
      const { id } = await create(one);
      const answer = await service.put(id, two, why);
      expect(answer.status).toBe(200);
      const expected =
        'protectionLevel' in two ? two : { ...two, protectionLevel: stored(one)['protectionLevel'] };
      expect(dataOf(answer.body)).toEqual(expected);
      expect(await read(id)).toEqual(answer.body);
    }),
    runs,
  );
});

test('a change and the inverse difference give the record before', async () => {
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), async ([one, two]) => {
      const before = stored(one);
      const after = { ...stored(one), ...two };
      const { id } = await create(one);
      const there = await service.jsonPatch(id, createPatch(before, after), why);
      expect(there.status).toBe(200);
      expect(dataOf(there.body)).toEqual(after);
      const back = await service.jsonPatch(id, createPatch(after, before), why);
      expect(dataOf(back.body)).toEqual(before);
    }),
    runs,
  );
});

test('a change and its undo give the record before, and the undo of the undo the record after', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), async ([one, two]) => {
      const created = await create(one);
      const put = await service.put(created.id, two, why);
      if (put.body['version'] === 1) return;
      changed++;
      const undone = await service.send('POST', `/v1/customers/${created.id}/history/2/undo`, {
        headers: why,
      });
      expect(undone.status).toBe(200);
      expect(dataOf(undone.body)).toEqual(dataOf(created));
      const again = await service.send('POST', `/v1/customers/${created.id}/history/3/undo`, {
        headers: why,
      });
      expect(dataOf(again.body)).toEqual(dataOf(put.body));
      expect(again.body['version']).toBe(4);
    }),
    runs,
  );
  expect(changed).toBeGreaterThan(8);
});

test('writing what is there already changes nothing: no version, no history, no event', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCustomer(), async (data) => {
      const { id } = await create(data);
      const before = await service.get(`/v1/customers/${id}`);
      const rows = await traces(id);
      const answers = [
        await service.put(id, before.body),
        await service.put(id, dataOf(before.body)),
        await service.patch(id, sayable(before.body)),
        await service.jsonPatch(
          id,
          Object.entries(before.body).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value })),
        ),
        await service.patch(id, {}),
        await service.jsonPatch(id, []),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual(before.body);
        expect(answer.headers.get('etag')).toBe('"1"');
      }
      expect(await traces(id)).toEqual(rows);
    }),
    { numRuns: 12 },
  );
});

test('a dry run answers the difference that the change then makes, and does nothing', async () => {
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), async ([one, two]) => {
      const { id } = await create(one);
      const before = await service.get(`/v1/customers/${id}`);
      const rows = await traces(id);
      const dry = await service.put(id, two, why, '?dryRun=true');
      expect(dry.status).toBe(200);
      expect((await service.get(`/v1/customers/${id}`)).text).toBe(before.text);
      expect(await traces(id)).toEqual(rows);
      const real = await service.put(id, two, why);
      const { updatedAt: _then, ...promised } = dry.body['customer'] as JsonObject;
      const { updatedAt: _now, ...made } = real.body;
      expect(made).toEqual(promised);
      if (real.body['version'] === 1) expect(dry.body['changes']).toEqual([]);
      else expect(byPath(dry.body['changes'])).toEqual(byPath((await newestEntry(id))['changes'] as Json));
    }),
    runs,
  );
});

test('a dry run of a creation, a deletion and an undo does nothing either', async () => {
  const count = async () => (await service.database.query('SELECT count(*) FROM history'))[0];
  const { id } = await create({ name: 'Ada', accountNumber: 'dry-1' });
  await service.patch(id, { name: 'Grace' });
  const rows = await count();
  const [created, deleted, undone, taken] = [
    await service.send('POST', '/v1/customers?dryRun=true', { body: { name: 'Joan' } }),
    await service.send('DELETE', `/v1/customers/${id}?dryRun=true`),
    await service.send('POST', `/v1/customers/${id}/history/2/undo?dryRun=true`),
    await service.send('POST', '/v1/customers?dryRun=true', { body: { accountNumber: 'dry-1' } }),
  ];
  expect(created.status).toBe(200);
  expect(created.body['changes']).toContainEqual({ path: '/name', after: 'Joan' });
  expect(created.body['customer']).toMatchObject({ name: 'Joan', version: 1 });
  for (const name of ['id', 'number', 'humanReadableId']) {
    expect(created.body['customer']).not.toHaveProperty(name);
  }
  expect(deleted.body).toEqual({ dryRun: true, changes: [], customer: null });
  expect(undone.body['changes']).toEqual([{ path: '/name', before: 'Grace', after: 'Ada' }]);
  expect(taken.status).toBe(409);
  expect(await count()).toEqual(rows);
  expect((await read(id))['name']).toBe('Grace');
});

test('a merge patch of any content does what RFC 7396 section 2 says', async () => {
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), async ([one, { protectionLevel: _level, ...patch }]) => {
      const { id } = await create(one);
      const answer = await service.patch(id, patch, why);
      expect(answer.status).toBe(200);
      expect(dataOf(answer.body)).toEqual(merged(stored(one), patch));
    }),
    runs,
  );
});

/** The pseudo-code of the RFC. */
const merged = (target: Json | undefined, patch: Json): Json => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result = new Map(Object.entries(isObject ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
};

/** A record without its null members: in a merge patch, null says that a member goes. */
const sayable = (value: Json): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, sayable(one)]])),
      )
    : value;
