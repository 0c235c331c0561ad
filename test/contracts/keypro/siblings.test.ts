import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { keyproExample } from '../examples/keypro.ts';
import { type KeyproClient, keyproClient } from './client.ts';

let service: TestService;
let keypro: KeyproClient;
beforeAll(async () => {
  service = await startService();
  keypro = keyproClient(service);
});
afterAll(() => service.stop());

const { full } = keyproExample;

test('POST makes a customer with the given members, and tells where it is', async () => {
  const answer = await keypro.send('POST', '/customers/', { body: full });
  expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"1"']);
  const { id, date_modified: _at, ...shown } = answer.body;
  expect(shown).toEqual(full);
  expect(answer.headers.get('location')).toBe(`/keypro/api/v2/customers/${id}/`);
  const read = await service.send('GET', answer.headers.get('location') as string, {
    headers: { authorization: `Token ${service.secret}` },
  });
  expect(read.body).toEqual(answer.body);
});

test('POST needs no member, and makes an open customer', async () => {
  const made = await keypro.create({});
  expect(made['restricted_type']).toBe(1);
  expect(await keypro.create({ restricted_type: null })).toMatchObject({ restricted_type: 1 });
});

test('POST names every wrong member, and makes nobody', async () => {
  const before = await keypro.found('limit=-1');
  const answer = await keypro.send('POST', '/customers/', { body: { status: 9, note: 1 } });
  expect([answer.status, Object.keys(answer.body).sort()]).toEqual([400, ['note', 'status']]);
  expect(await keypro.found('limit=-1')).toEqual(before);
});

test('GET gives the whole customer with its entity tag, and 304 to who knows it', async () => {
  const { id } = await keypro.create();
  const answer = await keypro.get(`/customers/${id}/`);
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
  expect(Object.keys(answer.body).sort()).toEqual([...Object.keys(full), 'date_modified', 'id'].sort());
  const known = await keypro.send('GET', `/customers/${id}/`, { headers: { 'if-none-match': '"1"' } });
  expect([known.status, known.text]).toEqual([304, '']);
});

describe('PUT', () => {
  test('takes away what it leaves out, but nothing that Keypro cannot say', async () => {
    const native = await service.create({
      kind: 'person',
      name: 'Ada',
      phone: '+358401234567',
      billing: { name: 'Ada Oy', method: 'email' },
      birthDate: '1815-12-10',
      addresses: [{ purpose: 'billing', city: 'Helsinki' }],
      extensions: { revio: { agent_id: 7 }, keypro: { address: 5 } },
    });
    const answer = await keypro.put(native['number'], { customer_name: 'Ada', apartment: 6 });
    expect(answer.body).toMatchObject({
      type: null,
      customer_phone: null,
      invoice_name: null,
      address: null,
    });
    const { body } = await service.get(`/v1/customers/${native['id']}`);
    expect(body).toMatchObject({
      name: 'Ada',
      birthDate: '1815-12-10',
      billing: { method: 'email' },
      addresses: native['addresses'],
      extensions: { revio: { agent_id: 7 }, keypro: { apartment: 6 } },
    });
    for (const gone of ['kind', 'phone']) expect(body[gone] ?? null).toBeNull();
  });

  test('never lowers the protection by leaving it out', async () => {
    const { id } = await keypro.create({ customer_name: 'Ada', restricted_type: 2 });
    for (const document of [{ customer_name: 'Ada' }, { customer_name: 'Ada', restricted_type: null }]) {
      expect((await keypro.put(id, document)).body['restricted_type']).toBe(2);
    }
  });

  test('stands in the history as a replacement', async () => {
    const made = await service.create();
    await keypro.put(made['number'], { customer_name: 'Ada' });
    const { body } = await service.get(`/v1/customers/${made['id']}/history?limit=1`);
    expect(body['entries'][0]).toMatchObject({ operation: 'customer.replace', contract: 'keypro' });
  });
});

test('DELETE answers 204 without a body, and 404 when the customer is gone already', async () => {
  const { id } = await keypro.create();
  const gone = await keypro.send('DELETE', `/customers/${id}/`);
  expect([gone.status, gone.text]).toEqual([204, '']);
  for (const method of ['DELETE', 'GET', 'PATCH', 'PUT']) {
    const body = method === 'PATCH' || method === 'PUT' ? { note: 'x' } : undefined;
    const answer = await keypro.send(method, `/customers/${id}/`, body ? { body } : {});
    expect([answer.status, answer.body], method).toEqual([404, { details: 'Not found.' }]);
  }
  expect(await keypro.found(`id=${id}`)).toEqual([]);
});

test('DELETE of a customer with sub-customers is refused with the reason', async () => {
  const parent = await service.create();
  await service.create({ kind: 'person', parentId: parent['id'] });
  const answer = await keypro.send('DELETE', `/customers/${parent['number']}/`);
  expect([answer.status, answer.body]).toEqual([409, { details: 'The customer has sub-customers.' }]);
});

describe('the small lists', () => {
  const lists = [
    ['customer-statuses', 'status'],
    ['customer-types', 'type'],
    ['languages', 'language'],
    ['restricted-types', 'restricted_type'],
  ] as const;

  test.each(lists)('%s: every id is taken as %s, and no other', async (list, member) => {
    const { status, body } = await keypro.get(`/${list}/`);
    const rows = body as unknown as { id: number; name: string }[];
    expect(status).toBe(200);
    for (const row of rows) expect(row).toEqual({ id: expect.any(Number), name: expect.any(String) });
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const { id } of rows) {
      const answer = await keypro.send('POST', '/customers/', {
        body: { [member]: id },
        headers: { 'customary-reason': 'test' },
      });
      expect([answer.status, answer.body[member]]).toEqual([201, id]);
    }
    const beyond = Math.max(...rows.map(({ id }) => id)) + 1;
    for (const id of [0, beyond]) {
      const answer = await keypro.send('POST', '/customers/', { body: { [member]: id } });
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, [member]]);
    }
  });
});
