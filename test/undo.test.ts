import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const undo = (id: string, version: number | string, headers: Record<string, string> = {}) =>
  service.send('POST', `/v1/customers/${id}/history/${version}/undo`, { headers });
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const contactId = (n: number) => `01890000-0000-4000-8000-00000000000${n}`;

const create = async (data: object) => (await service.create(data))['id'] as string;

describe('the undo of one change', () => {
  test('takes that change back and leaves the later ones', async () => {
    const id = await create({ name: 'Ada', source: 'one', billing: { method: 'paper' } });
    await service.patch(id, { source: 'two', billing: { method: 'email', currency: 'SEK' } });
    await service.patch(id, { name: 'Grace', billing: { country: 'SE' }, note: 'new' });
    const undone = await undo(id, 2);
    expect(undone.status).toBe(200);
    expect(undone.body).toMatchObject({
      version: 4,
      name: 'Grace',
      source: 'one',
      billing: { method: 'paper', country: 'SE' },
      note: 'new',
    });
    expect(undone.body['billing']).not.toHaveProperty('currency');
    expect(await read(id)).toEqual(undone.body);
  });

  test('stands in the history as a change of its own, with who and why', async () => {
    const id = await create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    await undo(id, 2, { 'customary-reason': 'A mistake' });
    const { body } = await service.get(`/v1/customers/${id}/history`);
    expect(body['entries'][0]).toMatchObject({
      version: 3,
      principal: 'main',
      operation: 'customer.undo',
      reason: 'A mistake',
      changes: [{ path: '/name', before: 'Grace', after: 'Ada' }],
    });
  });

  test('knows items of lists by their ids, wherever they stand since', async () => {
    const contacts = [1, 2, 3].map((n) => ({ id: contactId(n), firstName: `Name ${n}` }));
    const id = await create({ contacts });
    await service.jsonPatch(id, [{ op: 'replace', path: '/contacts/1/firstName', value: 'Changed' }]);
    await service.jsonPatch(id, [{ op: 'remove', path: '/contacts/0' }]);
    const first = await undo(id, 2);
    expect(first.body['contacts']).toEqual(contacts.slice(1));
    const second = await undo(id, 3);
    expect(second.body['contacts']).toEqual(contacts);
  });

  test('tells absent from null', async () => {
    const id = await create({ note: null });
    await service.put(id, { source: null });
    expect(await read(id)).not.toHaveProperty('note');
    const undone = await undo(id, 2);
    expect(undone.body['note']).toBeNull();
    expect(undone.body).not.toHaveProperty('source');
  });

  test('is refused with the places that were changed again since, and changes nothing', async () => {
    const id = await create({ name: 'Ada', source: 'one', note: 'x' });
    await service.patch(id, { name: 'Grace', source: 'two', note: 'y' });
    await service.patch(id, { name: 'Joan', source: 'three' });
    const before = await read(id);
    const answer = await undo(id, 2);
    expect(answer.status).toBe(409);
    expect(answer.body['type']).toBe('urn:customary:problem:merge-conflict');
    const pointers = answer.body['errors'].map((fault: { pointer: string }) => fault.pointer);
    expect(pointers.sort()).toEqual(['/name', '/source']);
    expect(answer.text).not.toMatch(/Joan|Grace/);
    expect(await read(id)).toEqual(before);
  });

  test('is possible again when the later change was undone first', async () => {
    const id = await create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    await service.patch(id, { name: 'Joan' });
    expect((await undo(id, 2)).status).toBe(409);
    expect((await undo(id, 3)).body['name']).toBe('Grace');
    expect((await undo(id, 2)).body['name']).toBe('Ada');
  });

  test('twice changes nothing the second time, since the places were changed since', async () => {
    const id = await create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    expect((await undo(id, 2)).status).toBe(200);
    expect((await undo(id, 2)).status).toBe(409);
    expect((await read(id))['version']).toBe(3);
  });

  test('of the undo makes the change again', async () => {
    const id = await create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    await undo(id, 2);
    expect((await undo(id, 3)).body).toMatchObject({ version: 4, name: 'Grace' });
  });

  test('does not give a customer a value back that another one has taken since', async () => {
    const id = await create({ accountNumber: 'undo-1' });
    await service.patch(id, { accountNumber: 'undo-2' });
    await create({ accountNumber: 'undo-1' });
    const answer = await undo(id, 2);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      type: 'urn:customary:problem:already-taken',
      errors: [{ pointer: '/accountNumber', rule: 'unique' }],
    });
    expect((await read(id))['accountNumber']).toBe('undo-2');
  });

  test('does not give a customer a parent back that is gone since', async () => {
    const parent = await create({ name: 'Parent' });
    const id = await create({ parentId: parent });
    await service.patch(id, { parentId: null });
    await service.remove(parent);
    const answer = await undo(id, 2);
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toMatchObject([{ pointer: '/parentId', rule: 'exists' }]);
  });

  test('of the creation is refused: the customer is to be deleted', async () => {
    const id = await create({ name: 'Ada' });
    const answer = await undo(id, 1);
    expect(answer.status).toBe(409);
    expect(answer.body['detail']).toBe('A creation is undone by deleting the customer');
    expect((await read(id))['version']).toBe(1);
  });

  test.each(['2', '999999999999999', '0', '-1', 'x', '1.5', '1e0', '01'])(
    'of version %s that never was is 404',
    async (version) => {
      const id = await create({ name: 'Ada' });
      expect((await undo(id, version)).status).toBe(404);
    },
  );

  test('of an unknown customer is 404', async () => {
    expect((await undo('01890000-0000-7000-8000-000000000000', 1)).status).toBe(404);
  });
});

describe('the undo of a deletion', () => {
  test('brings the customer back as it was, with its number, and where it is found', async () => {
    const created = await service.create({ name: 'Lazarus Undo', accountNumber: 'undo-3' });
    const id = created['id'] as string;
    await service.remove(id);
    const answer = await undo(id, 2);
    expect(answer.status).toBe(200);
    const { version, updatedAt, ...rest } = answer.body;
    expect(created).toMatchObject(rest);
    expect(version).toBe(3);
    const found = await service.get('/v1/customers?name=lazarus');
    expect(found.body['customers'].map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await service.get('/v1/customers?accountNumber=undo-3')).body['customers']).toHaveLength(1);
    expect((await service.send('POST', '/v1/customers', { body: { accountNumber: 'undo-3' } })).status).toBe(
      409,
    );
  });

  test('is refused when its account number was taken meanwhile', async () => {
    const id = await create({ accountNumber: 'undo-4' });
    await service.remove(id);
    await create({ accountNumber: 'undo-4' });
    const answer = await undo(id, 2);
    expect(answer.status).toBe(409);
    expect(answer.body['errors']).toMatchObject([{ pointer: '/accountNumber', rule: 'unique' }]);
    expect((await service.get(`/v1/customers/${id}`)).status).toBe(404);
  });

  test('is refused while its parent is deleted', async () => {
    const parent = await create({ name: 'Parent' });
    const id = await create({ parentId: parent });
    await service.remove(id);
    await service.remove(parent);
    expect((await undo(id, 2)).status).toBe(422);
    expect((await undo(parent, 2)).status).toBe(200);
    expect((await undo(id, 2)).status).toBe(200);
  });

  test('is refused when the customer is back already, and then itself undone only by deleting', async () => {
    const id = await create({ name: 'Ada' });
    await service.remove(id);
    await undo(id, 2);
    expect((await undo(id, 2)).status).toBe(409);
    const restoration = await undo(id, 3);
    expect(restoration.status).toBe(409);
    expect(restoration.body['detail']).toBe('A restoration is undone by deleting the customer');
    expect((await read(id))['version']).toBe(3);
  });

  test('is the only undo of a deleted customer', async () => {
    const id = await create({ name: 'Ada' });
    await service.patch(id, { name: 'Grace' });
    await service.remove(id);
    expect((await undo(id, 2)).status).toBe(404);
  });

  test('happens once when many ask at once', async () => {
    const id = await create({ name: 'Ada' });
    await service.remove(id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => undo(id, 2)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect((await read(id))['version']).toBe(3);
  });
});
