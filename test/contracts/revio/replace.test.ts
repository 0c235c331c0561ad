import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { fullCustomer } from '../../support/full-customer.ts';
import { startService, type TestService } from '../../support/service.ts';
import { revioExample } from '../examples/revio.ts';
import { faultsOf, patchOf, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
});
afterAll(() => service.stop());

/** A customer with every member of the model, none of them one that only one customer may have. */
const make = async (body: JsonObject = {}): Promise<number> => {
  const { account_number: _number, registration_code: _code, ...rest } = revioExample.full;
  return (await send('POST', '', { body: { ...rest, ...body } })).body['id'];
};
const modelOf = async (id: number): Promise<JsonObject> => {
  const { ok: _ok, links: _links, ...model } = (await send('GET', `/${id}`)).body;
  return model;
};

describe('PUT', () => {
  test('gives ok, the id and the whole model, and the entity tag', async () => {
    const id = await make();
    const answer = await send('PUT', `/${id}`, { body: { source: 'new' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
    expect(answer.body).toEqual({ ok: true, id, ...(await modelOf(id)) });
    expect(answer.body['source']).toBe('new');
  });

  test('gives every member that is missing its default: an account is open, all else is null', async () => {
    const id = await make({ status: 'CLOSED' });
    const { status, suspended, customer_id, created_date, updated_date, ...rest } = (
      await send('PUT', `/${id}`, { body: {} })
    ).body;
    expect([status, suspended, customer_id]).toEqual(['OPEN', false, id]);
    expect(created_date).not.toBe(updated_date);
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
    const { ok: _ok, id: _id, ...model } = rest;
    expect(new Set(leaves(model))).toEqual(new Set([null]));
  });

  test('by the documented recipe, GET, drop ok and links, edit, changes the edited member alone', async () => {
    const id = await make();
    const model = await modelOf(id);
    const answer = await send('PUT', `/${id}`, { body: { ...model, source: 'edited' } });
    expect(answer.status).toBe(200);
    const { updated_date: _before, ...before } = model;
    const { updated_date: _after, ...after } = await modelOf(id);
    expect(after).toEqual({ ...before, source: 'edited' });
  });

  test('of what GET gave makes no version and no history, ok and links included', async () => {
    const id = await make();
    const got = await send('GET', `/${id}`);
    const answer = await send('PUT', `/${id}`, { body: got.body });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, got.headers.get('etag')]);
    expect(answer.headers.get('customary-ignored')).toContain('links');
  });

  test('sent again changes nothing, however many addresses there are for a purpose', async () => {
    const one = { purpose: 'billing', line1: 'Box 1' };
    const { id, number } = await service.create({
      kind: 'person',
      addresses: [one, { ...one, primary: true }, one],
    });
    const first = await send('PUT', `/${number}`, { body: {} });
    expect([first.status, first.body['billing_address']]).toEqual([200, null]);
    const again = await send('PUT', `/${number}`, { body: {} });
    expect([again.status, again.headers.get('etag')]).toEqual([200, first.headers.get('etag')]);
    expect((await service.get(`/v1/customers/${id}`)).body['addresses'] ?? []).toEqual([]);
  });

  test('leaves what only others can say as it is', async () => {
    const customer = await service.create(fullCustomer());
    const before = (await service.get(`/v1/customers/${customer['id']}`)).body;
    const answer = await send('PUT', `/${customer['number']}`, { body: {} });
    expect(answer.status).toBe(200);
    const after = (await service.get(`/v1/customers/${customer['id']}`)).body;
    for (const name of ['name', 'contacts', 'phone', 'consents', 'attributes', 'metadata', 'timeZone']) {
      expect(before[name], name).toBeDefined();
      expect(after[name], name).toEqual(before[name]);
    }
    expect(after['billing'].email).toBe(before['billing'].email);
    const apart = (list: { purpose: string }[]) =>
      list.filter(({ purpose }) => !['billing', 'service', 'listing'].includes(purpose));
    expect(apart(after['addresses'])).toEqual(apart(before['addresses']));
    for (const name of ['email', 'accountNumber', 'kind', 'locale'])
      expect(after[name], name).toBeUndefined();
  });

  test('must be about the customer of the path', async () => {
    const [id, other] = [await make(), await make()];
    const before = await modelOf(other);
    for (const customer_id of [id, 0, String(other), 2_147_483_648]) {
      const answer = await send('PUT', `/${other}`, { body: { ...before, customer_id, source: 'x' } });
      expect(faultsOf(answer), String(customer_id)).toEqual([400, ['customer_id']]);
    }
    expect(await modelOf(other)).toEqual(before);
    expect((await send('PUT', `/${other}`, { body: { ...before, customer_id: null } })).status).toBe(200);
  });

  test('of a customer that is not there is 404, whatever the number looks like', async () => {
    for (const path of [
      '/2000000000',
      '/2147483647',
      '/2147483648',
      '/99999999999',
      '/0',
      '/-1',
      '/x',
      '/01001',
    ]) {
      const answer = await send('PUT', path, { body: {} });
      expect(answer.status, path).toBe(404);
      expect(answer.body).toEqual({ ok: false, error: 'There is no such resource', errors: [] });
    }
  });

  test('takes a whole model and nothing else', async () => {
    const id = await make();
    for (const body of ['[]', '"x"', 'null', '5']) {
      const answer = await send('PUT', `/${id}`, { body, contentType: 'application/json' });
      expect(faultsOf(answer), body).toEqual([400, ['']]);
    }
  });

  test('says a state by status and suspended, which every other contract understands', async () => {
    const id = await make();
    const { id: uuid } = (await service.get(`/v1/customers?number=${id}`)).body['customers'][0];
    const states: [JsonObject, string][] = [
      [{ status: 'OPEN', suspended: true }, 'suspended'],
      [{ status: 'OPEN', suspended: false }, 'active'],
      [{ status: 'PENDING', suspended: false }, 'pending'],
      [{ status: 'PROSPECT' }, 'prospect'],
      [{ status: 'CLOSED', suspended: true }, 'closed'],
      [{ suspended: true }, 'suspended'],
    ];
    for (const [body, state] of states) {
      const { status, suspended } = { status: 'OPEN', suspended: false, ...body };
      expect((await send('PUT', `/${id}`, { body })).body).toMatchObject({ status, suspended });
      expect((await service.get(`/v1/customers/${uuid}`)).body['status']).toBe(state);
    }
  });
});

describe('GET', () => {
  test('gives ok, the model, the entity tag and links to the customer and its parent', async () => {
    const parent = await make();
    const id = await make({ parent_customer_id: parent });
    const { status, body, headers } = await send('GET', `/${id}`);
    expect([status, body['ok'], headers.get('etag')]).toEqual([200, true, '"1"']);
    expect(body['links']).toEqual([
      { rel: 'self', href: `/revio/v1/Customers/${id}` },
      { rel: 'parent', href: `/revio/v1/Customers/${parent}` },
    ]);
    const self = await service.send('GET', body['links'][0].href, { headers: { authorization: '' } });
    expect(self.status).toBe(401);
  });

  test('shows every member of the whole model that was created', async () => {
    const full = { ...revioExample.full, account_number: 'SHOWN-1', registration_code: 'SHOWN-R' };
    const { body } = await send('POST', '', { body: full });
    expect(await modelOf(body['id'])).toMatchObject(full);
  });

  test('answers 304 to one who knows the version', async () => {
    const id = await make();
    const headers = { 'if-none-match': '"1"' };
    expect((await send('GET', `/${id}`, { headers })).status).toBe(304);
    await send('PUT', `/${id}`, { body: {} });
    expect((await send('GET', `/${id}`, { headers })).status).toBe(200);
  });

  test('of a customer that is not there is 404', async () => {
    expect((await send('GET', '/2000000000')).status).toBe(404);
  });
});

describe('POST', () => {
  test('creates an open account: 201, where it is, ok and its id', async () => {
    const answer = await send('POST', '', { body: { source: 'web shop' } });
    const { id } = answer.body;
    expect([answer.status, answer.body]).toEqual([201, { ok: true, id }]);
    expect(answer.headers.get('location')).toBe(`/revio/v1/Customers/${id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await modelOf(id)).toMatchObject({ customer_id: id, status: 'OPEN', source: 'web shop' });
  });

  test('gives the id by itself, whatever the model says', async () => {
    const answer = await send('POST', '', { body: { customer_id: 5, links: [] } });
    expect(answer.body['id']).toBeGreaterThan(1000);
    expect(answer.headers.get('customary-ignored')).toBe('customer_id, links');
  });

  test('with something wrong creates nobody', async () => {
    const count = async () => (await service.get('/v1/customers?limit=500')).body['customers'].length;
    const before = await count();
    expect(faultsOf(await send('POST', '', { body: { status: 'ALL', agent_id: 'x' } }))).toEqual([
      400,
      ['agent_id', 'status'],
    ]);
    expect(faultsOf(await send('POST', '', { body: { finance: { billing_method: 'BOTH' } } }))).toEqual([
      400,
      ['email'],
    ]);
    expect(await count()).toBe(before);
  });
});

describe('DELETE', () => {
  test('answers ok and the id, and the customer is gone', async () => {
    const id = await make();
    const answer = await send('DELETE', `/${id}`);
    expect([answer.status, answer.body]).toEqual([200, { ok: true, id }]);
    for (const method of ['GET', 'DELETE']) expect((await send(method, `/${id}`)).status).toBe(404);
    expect((await send('PUT', `/${id}`, { body: {} })).status).toBe(404);
    expect((await send('PATCH', `/${id}`, patchOf())).status).toBe(404);
  });

  test('is refused while there are sub-customers', async () => {
    const parent = await make();
    await make({ parent_customer_id: parent });
    const answer = await send('DELETE', `/${parent}`);
    expect([answer.status, answer.body['ok']]).toEqual([409, false]);
    expect((await send('GET', `/${parent}`)).status).toBe(200);
  });
});
