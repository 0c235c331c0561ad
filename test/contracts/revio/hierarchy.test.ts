import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { faultsOf, patchOf, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
});
afterAll(() => service.stop());

const make = async (body: JsonObject = {}): Promise<number> => (await send('POST', '', { body })).body['id'];
const parentOf = async (id: number) => (await send('GET', `/${id}`)).body['parent_customer_id'];
const move = (id: number, parent: number | null) =>
  send('PATCH', `/${id}`, patchOf({ op: 'replace', path: '/parent_customer_id', value: parent }));

test('a customer is moved below another, and back to the top', async () => {
  const [top, other] = [await make(), await make()];
  const id = await make({ parent_customer_id: top });
  expect(await parentOf(id)).toBe(top);
  expect((await move(id, other)).body['parent_customer_id']).toBe(other);
  expect((await send('PUT', `/${id}`, { body: {} })).body['parent_customer_id']).toBe(null);
});

test('nobody is below itself, its sub-customers or one that is deleted', async () => {
  const top = await make();
  const middle = await make({ parent_customer_id: top });
  const leaf = await make({ parent_customer_id: middle });
  const gone = await make();
  await send('DELETE', `/${gone}`);
  for (const parent of [top, middle, leaf, gone]) {
    expect(faultsOf(await move(top, parent)), String(parent)).toEqual([400, ['parent_customer_id']]);
  }
  expect(await parentOf(top)).toBe(null);
});

test('two moves at once never close a circle', async () => {
  for (let round = 0; round < 5; round++) {
    const [one, other] = [await make(), await make()];
    const answers = await Promise.all([move(one, other), move(other, one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect([await parentOf(one), await parentOf(other)]).toContain(null);
  }
});

test('is_parent is not made false while there are sub-customers', async () => {
  const top = await make({ is_parent: true });
  const leaf = await make({ parent_customer_id: top });
  const body = { is_parent: false };
  const refused = await send('PUT', `/${top}`, { body });
  expect(faultsOf(refused)).toEqual([400, ['is_parent']]);
  const patch = patchOf({ op: 'add', path: '/is_parent', value: false });
  expect(faultsOf(await send('PATCH', `/${top}`, patch))).toEqual([400, ['is_parent']]);
  expect((await send('GET', `/${top}`)).body['is_parent']).toBe(true);
  await send('DELETE', `/${leaf}`);
  expect((await send('PUT', `/${top}`, { body })).body['is_parent']).toBe(false);
});

test('is_parent may be false of one who has no sub-customers, and stays what it was', async () => {
  const top = await make({ is_parent: false });
  await make({ parent_customer_id: top });
  const { ok: _ok, links: _links, ...model } = (await send('GET', `/${top}`)).body;
  expect((await send('PUT', `/${top}`, { body: { ...model, source: 'x' } })).body['is_parent']).toBe(false);
});

test('a sub-customer is not made while its parent is made childless', async () => {
  for (let round = 0; round < 5; round++) {
    const top = await make({ is_parent: true });
    const [child, childless] = await Promise.all([
      send('POST', '', { body: { parent_customer_id: top } }),
      send('PUT', `/${top}`, { body: { is_parent: false } }),
    ]);
    expect(child.status).toBe(201);
    // Made childless first, the parent may still be given a child; given one first, it is not made childless.
    const { is_parent } = (await send('GET', `/${top}`)).body;
    expect([
      [200, false],
      [400, true],
    ]).toContainEqual([childless.status, is_parent]);
  }
});

test('a key of a customer sees its sub-customers, and nobody above or beside them', async () => {
  const [top, beside] = [await make(), await make()];
  const id = await make({ parent_customer_id: top });
  const leaf = await make({ parent_customer_id: id });
  const { body } = await service.get(`/v1/customers?number=${id}`);
  const bound = revioSender(await service.withKey({ customerId: body['customers'][0].id }));
  const statuses = await Promise.all([top, beside, id, leaf].map((one) => bound('GET', `/${one}`)));
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 200, 200]);
  const list = await bound('GET');
  expect(list.body['records'].map((one: JsonObject) => one['customer_id'])).toEqual([id, leaf]);
  for (const parent of [top, beside]) {
    const answer = await bound('PUT', `/${leaf}`, { body: { parent_customer_id: parent } });
    expect(faultsOf(answer)).toEqual([400, ['parent_customer_id']]);
  }
  expect((await bound('GET', `?parent_customer_id=${top}`)).body['records']).toEqual([]);
});
