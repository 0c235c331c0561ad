import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import type { Answer } from './support/client.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const create = async (data: object = {}) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const move = (id: string, parentId: string | null) => service.patch(id, { parentId });
const childrenOf = async (id: string) =>
  (await service.get(`/v1/customers?parentId=${id}`)).body['customers'].map((one: JsonObject) => one['id']);

const refused = (answer: Answer, rule: string) => {
  expect(answer.status).toBe(422);
  expect(answer.body['errors']).toMatchObject([{ pointer: '/parentId', rule }]);
};

describe('a parent', () => {
  test('must be a customer that exists, is not deleted and is of the same tenant', async () => {
    const id = await create();
    const deleted = await create();
    await service.remove(deleted);
    const other = await service.otherTenant();
    const foreign = (await other.create())['id'] as string;
    for (const parentId of ['01890000-0000-7000-8000-000000000000', deleted, foreign]) {
      refused(await move(id, parentId), 'exists');
      refused(await service.send('POST', '/v1/customers', { body: { parentId } }), 'exists');
      refused(await service.put(id, { parentId }), 'exists');
    }
    expect(await read(id)).not.toHaveProperty('parentId');
  });

  test.each(['x', '', '01890000-0000-7000-8000-00000000000G', '0189000000007000800000000000000A', 5])(
    '%j is no id of a customer',
    async (parentId) => {
      const answer = await service.patch(await create(), { parentId });
      expect(answer.status).toBe(422);
      expect(answer.body['errors'][0].pointer).toBe('/parentId');
    },
  );

  test('is never the customer itself nor one below it', async () => {
    const top = await create();
    const middle = await create({ parentId: top });
    const bottom = await create({ parentId: middle });
    for (const below of [top, middle, bottom]) refused(await move(top, below), 'cycle');
    refused(await move(middle, bottom), 'cycle');
    expect((await move(bottom, top)).status).toBe(200);
    expect((await move(middle, bottom)).status).toBe(200);
    refused(await move(top, middle), 'cycle');
  });

  test('may be one that came in the same batch order before', async () => {
    const [one, two, three] = [await create(), await create(), await create()];
    const changes = [
      { op: 'mergePatch', id: two, body: { parentId: one } },
      { op: 'mergePatch', id: three, body: { parentId: two } },
      { op: 'mergePatch', id: one, body: { parentId: three } },
    ];
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    expect(body['outcomes'].map((one: JsonObject) => one['status'])).toEqual([200, 200, 422]);
  });
});

test('two moves at once never close a circle', async () => {
  for (let round = 0; round < 10; round++) {
    const [one, two] = [await create(), await create()];
    const answers = await Promise.all([move(one, two), move(two, one)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422]);
  }
});

test('many moves at once never close a circle', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => create()));
  await Promise.all(ids.map((id, n) => move(id, ids[(n + 1) % ids.length] as string)));
  for (const id of ids) {
    const seen = new Set<string>();
    for (let next: string | null | undefined = id; next; next = (await read(next))['parentId']) {
      expect(seen.has(next)).toBe(false);
      seen.add(next);
    }
  }
});

test('the sub-customers of a customer follow every change', async () => {
  const [parent, other] = [await create(), await create()];
  const [one, two] = [await create({ parentId: parent }), await create({ parentId: parent })];
  const grandchild = await create({ parentId: one });
  expect(await childrenOf(parent)).toEqual([one, two]);
  expect(await childrenOf(one)).toEqual([grandchild]);
  await move(one, other);
  expect([await childrenOf(parent), await childrenOf(other)]).toEqual([[two], [one]]);
  await service.send('POST', `/v1/customers/${one}/history/2/undo`);
  expect([await childrenOf(parent), await childrenOf(other)]).toEqual([[one, two], []]);
  await service.remove(two);
  await move(one, null);
  expect(await childrenOf(parent)).toEqual([]);
  expect((await read(one))['parentId']).toBeUndefined();
});

describe('the items of a list', () => {
  const own = '01890000-0000-4000-8000-000000000001';
  const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  test.each(['contacts', 'addresses'])('of %s get an id when they have none, and keep it', async (name) => {
    const id = await create({ [name]: [{ firstName: 'One' }, { id: own, firstName: 'Two' }] });
    const [first, second] = (await read(id))[name];
    expect(first).toEqual({ id: uuid, firstName: 'One' });
    expect(second).toEqual({ id: own, firstName: 'Two' });
    await service.jsonPatch(id, [
      { op: 'replace', path: `/${name}/0/firstName`, value: 'Uno' },
      { op: 'add', path: `/${name}/-`, value: { firstName: 'Three' } },
    ]);
    const after = (await read(id))[name];
    expect(after).toEqual([{ ...first, firstName: 'Uno' }, second, { id: uuid, firstName: 'Three' }]);
    expect(new Set(after.map((item: JsonObject) => item['id'])).size).toBe(3);
    const { body } = await service.get(`/v1/customers/${id}/history?limit=1`);
    expect(body['entries'][0].changes.map((change: JsonObject) => change['path'])).toEqual([
      `/${name}/id=${first.id}/firstName`,
      `/${name}/id=${after[2].id}`,
    ]);
  });

  test('get ids inside of items too', async () => {
    const id = await create({ contacts: [{ identifiers: [{ type: 'passport', value: 'x' }] }] });
    expect((await read(id))['contacts']).toEqual([
      { id: uuid, identifiers: [{ id: uuid, type: 'passport', value: 'x' }] },
    ]);
  });

  test.each([
    ['/contacts/1/id', { contacts: [{ id: own }, { id: own }] }],
    ['/addresses/2/id', { addresses: [{ id: own }, {}, { id: own }] }],
    ['/contacts/0/identifiers/1/id', { contacts: [{ identifiers: [{ id: own }, { id: own }] }] }],
  ])('have no id twice: %s is refused', async (pointer, data) => {
    const answer = await service.send('POST', '/v1/customers', { body: data });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([
      { pointer, rule: 'unique', detail: 'names another item of the list' },
    ]);
  });

  test('may have the id of an item of another list or another customer', async () => {
    const data = { contacts: [{ id: own }], addresses: [{ id: own }] };
    await create(data);
    await create(data);
  });

  test('that two callers add at once from the same version are both there', async () => {
    const id = await create({ contacts: [{ id: own, firstName: 'One' }] });
    const stale = { 'if-match': '"1"' };
    const add = (firstName: string) => [{ op: 'add', path: '/contacts/-', value: { firstName } }];
    const answers = [
      await service.jsonPatch(id, add('Two'), stale, '?onConflict=merge'),
      await service.jsonPatch(id, add('Three'), stale, '?onConflict=merge'),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const names = (await read(id))['contacts'].map((item: JsonObject) => item['firstName']);
    expect(names.toSorted()).toEqual(['One', 'Three', 'Two']);
  });
});
