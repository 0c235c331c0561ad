import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const listed = async (query: string) =>
  (await service.get(`/v1/customers?${query}`)).body['customers'].map((one: { id: string }) => one.id);

test('a deleted customer is 404 on every route but its history, and no list or search finds it', async () => {
  const customer = await service.create({
    name: 'Deleted Person',
    email: 'gone@example.org',
    accountNumber: 'del-1',
    attributes: { plan: 'gone' },
  });
  const { id, number, humanReadableId } = customer;
  const queries = [
    'sort=-number',
    'sort=-updatedAt',
    'name=deleted',
    'email=gone@example.org',
    'accountNumber=del-1',
    'attributes.plan=gone',
    `number=${number}`,
    `humanReadableId=${humanReadableId}`,
    'parentId=none',
  ];
  for (const query of queries) expect(await listed(query)).toContain(id);
  const removed = await service.remove(id);
  expect([removed.status, removed.text]).toEqual([204, '']);
  for (const query of queries) expect(await listed(query)).not.toContain(id);
  const answers = [
    await service.get(`/v1/customers/${id}`),
    await service.send('HEAD', `/v1/customers/${id}`),
    await service.patch(id, { name: 'x' }),
    await service.jsonPatch(id, []),
    await service.put(id, { name: 'x' }),
    await service.remove(id),
    await service.send('POST', `/v1/customers/${id}/history/1/undo`),
    await service.patch(id, { name: 'x' }, { prefer: 'respond-async' }),
    await service.get(`/v1/customers/${id}?asOf=2`),
  ];
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
});

test('the history of a deleted customer stays readable, and so does what it was', async () => {
  const customer = await service.create({ name: 'Ada' });
  const { id } = customer;
  await service.remove(id, { 'customary-reason': 'Left us' });
  const { status, body } = await service.get(`/v1/customers/${id}/history`);
  expect(status).toBe(200);
  expect(body['entries'].map((entry: object) => entry)).toMatchObject([
    { version: 2, operation: 'customer.delete', reason: 'Left us', changes: [] },
    { version: 1, operation: 'customer.create' },
  ]);
  expect((await service.get(`/v1/customers/${id}?asOf=1`)).body).toEqual(customer);
});

test('its number is never given again, its account number is free', async () => {
  const first = await service.create({ accountNumber: 'del-2' });
  await service.remove(first['id']);
  const second = await service.create({ accountNumber: 'del-2' });
  expect(second['number']).toBeGreaterThan(first['number']);
});

test('a customer with sub-customers is not deleted, until they are gone or moved', async () => {
  const parent = (await service.create({ name: 'Parent' }))['id'];
  const [one, two] = [await service.create({ parentId: parent }), await service.create({ parentId: parent })];
  const refused = await service.remove(parent);
  expect(refused.status).toBe(409);
  expect(refused.body['type']).toBe('urn:customary:problem:has-sub-customers');
  await service.remove(one['id']);
  expect((await service.remove(parent)).status).toBe(409);
  await service.patch(two['id'], { parentId: null });
  expect((await service.remove(parent)).status).toBe(204);
});

test('a deletion and a new sub-customer at once leave no orphan', async () => {
  for (let round = 0; round < 5; round++) {
    const parent = (await service.create({ name: 'Parent' }))['id'];
    const child = service.send('POST', '/v1/customers', { body: { parentId: parent } });
    const [removed, created] = await Promise.all([service.remove(parent), child]);
    expect([`${removed.status} ${created.status}`]).toEqual([removed.status === 204 ? '204 422' : '409 201']);
  }
});

test('many deletions of one customer at once delete it once', async () => {
  const { id } = await service.create();
  const answers = await Promise.all(Array.from({ length: 8 }, () => service.remove(id)));
  expect(answers.filter((answer) => answer.status === 204)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status === 404)).toHaveLength(7);
});
