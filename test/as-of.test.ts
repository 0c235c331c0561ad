import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshotEvery } from '../src/customer/history-entry.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { relatedCustomers } from './support/arbitrary-customer.ts';
import type { Answer } from './support/client.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
/** What GET answered after each version; undefined while the customer was deleted. */
const answers = new Map<number, Answer | undefined>();
let id: string;
const versions = 2 * snapshotEvery + 8;
const deletedAt = snapshotEvery;

beforeAll(async () => {
  service = await startService();
  id = (await service.create({ name: 'First' }))['id'] as string;
  const why = { 'customary-reason': 'A test' };
  const documents = fc.sample(relatedCustomers(), 17).map(([, document]) => document);
  let next = 1;
  const note = async () => void answers.set(next, await service.get(`/v1/customers/${id}`));
  await note();
  while (next < versions) {
    const { protectionLevel: _level, ...document } = documents[next % documents.length] as JsonObject;
    next++;
    if (next === deletedAt) {
      await service.remove(id);
      answers.set(next, undefined);
      next++;
      await service.send('POST', `/v1/customers/${id}/history/${deletedAt}/undo`);
    } else {
      const { status } = await service.put(id, { ...document, source: `version ${next}` }, why);
      expect(status).toBe(200);
    }
    await note();
  }
});
afterAll(() => service.stop());

const asOf = (place: string | number) =>
  service.get(`/v1/customers/${id}?asOf=${encodeURIComponent(String(place))}`);

test('as of every version, the answer is the one that GET gave then, across snapshots', async () => {
  expect(answers.size).toBeGreaterThan(2 * snapshotEvery);
  for (const [version, then] of answers) {
    const answer = await asOf(version);
    expect(answer.status).toBe(then ? 200 : 404);
    if (!then) continue;
    expect(answer.body).toEqual(then.body);
    expect(answer.headers.get('etag')).toBe(`"${version}"`);
  }
});

test('as of an instant, the answer is the last one up to there', async () => {
  const instants = new Map<string, Answer>();
  for (const answer of answers.values()) if (answer) instants.set(answer.body['updatedAt'], answer);
  for (const [instant, then] of instants) expect((await asOf(instant)).body).toEqual(then.body);
  const last = answers.get(answers.size) as Answer;
  expect((await asOf('2999-01-01T00:00:00Z')).body).toEqual(last.body);
  const inIndia = last.body['updatedAt'].replace('Z', '+00:00');
  expect((await asOf(inIndia)).body).toEqual(last.body);
});

test('before its creation and beyond its newest version there was no customer', async () => {
  const { createdAt } = (answers.get(1) as Answer).body;
  const before = new Date(Date.parse(createdAt) - 1).toISOString();
  expect((await asOf(before)).status).toBe(404);
  expect((await asOf(answers.size + 1)).status).toBe(404);
  expect((await asOf(999_999_999_999_999)).status).toBe(404);
});

test.each(['0', '-1', 'yesterday', '2026-01-01', '2026-01-01T00:00:00', '1e3', '2026-13-01T00:00:00Z', ''])(
  'as of %j is refused',
  async (place) => {
    const answer = await asOf(place);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: 'asOf', rule: 'format' }]);
  },
);

test.each(['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])(
  'as of a year that the calendar of the database does not have, %s, is no failure of the service',
  async (place) => {
    expect([200, 400, 404]).toContain((await asOf(place)).status);
  },
);

test('the history pages through every version once, the newest first', async () => {
  const seen: number[] = [];
  let before: number | undefined;
  do {
    const query = before === undefined ? '' : `&before=${before}`;
    const { body } = await service.get(`/v1/customers/${id}/history?limit=50${query}`);
    seen.push(...body['entries'].map((entry: { version: number }) => entry.version));
    before = body['nextBefore'];
  } while (before !== undefined);
  expect(seen).toEqual([...answers.keys()].toReversed());
});
