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

const fields = [
  { field_id: 1, label: 'Provider number', value: '' },
  { field_id: 2, label: 'Service type', value: 'Hosted PBX' },
  { field_id: 4, label: 'Technician', value: 'John' },
];
const make = async (body: JsonObject = { fields }): Promise<number> =>
  (await send('POST', '', { body })).body['id'];
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });

test('changes members by their pointers, and answers like PUT', async () => {
  const id = await make({ source: 'old', email: 'a@b.example' });
  const answer = await send(
    'PATCH',
    `/${id}`,
    patchOf(replace('/source', 'new'), replace('/culture', 'en-US')),
  );
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
  expect(answer.body).toMatchObject({ ok: true, id, source: 'new', culture: 'en-US', email: 'a@b.example' });
});

test('changes a custom field by its index, and no other', async () => {
  const id = await make();
  const { body } = await send('PATCH', `/${id}`, patchOf(replace('/fields/2/value', 'Jane')));
  expect(body['fields']).toEqual([fields[0], fields[1], { ...fields[2], value: 'Jane' }]);
  const two = patchOf(
    replace('/fields/0/value', 'A'),
    { op: 'add', path: '/fields/-', value: { field_id: 9 } },
    { op: 'remove', path: '/fields/1' },
  );
  expect((await send('PATCH', `/${id}`, two)).body['fields']).toEqual([
    { ...fields[0], value: 'A' },
    { ...fields[2], value: 'Jane' },
    { field_id: 9 },
  ]);
});

test('does all operations or none', async () => {
  const id = await make({ source: 'old', fields });
  const before = await send('GET', `/${id}`);
  const conflicts = [
    [replace('/source', 'new'), { op: 'test', path: '/source', value: 'other' }],
    [replace('/source', 'new'), replace('/fields/3/value', 'x')],
    [replace('/source', 'new'), replace('/nickname', 'x')],
  ];
  for (const operations of conflicts) {
    expect(faultsOf(await send('PATCH', `/${id}`, patchOf(...operations)))).toEqual([409, ['[1]']]);
  }
  const wrong = patchOf(replace('/source', 'new'), replace('/fields/1/value', 5), replace('/status', 'ALL'));
  expect(faultsOf(await send('PATCH', `/${id}`, wrong))).toEqual([400, ['status', 'fields[1].value']]);
  const malformed = [
    { op: 'set', path: '/source' },
    { op: 'replace', path: 'source', value: 'x' },
    { op: 'add' },
  ];
  for (const operation of malformed) {
    const [status, [field]] = faultsOf(await send('PATCH', `/${id}`, patchOf(operation)));
    expect([status, field]).toEqual([400, expect.stringMatching(/^\[0\]\.(op|path)$/)]);
  }
  expect(faultsOf(await send('PATCH', `/${id}`, { ...patchOf(), body: {} }))).toEqual([400, ['']]);
  expect((await send('GET', `/${id}`)).text).toBe(before.text);
});

test('may go into an address, an object or a list that is not there yet', async () => {
  const id = await make({});
  const patch = patchOf(
    replace('/billing_address/city', 'Lund'),
    replace('/finance/bill_profile_id', 3),
    { op: 'add', path: '/fields/-', value: { field_id: 1, value: 'x' } },
    { op: 'add', path: '/finance/tax_exempt_types/-', value: 'STATE' },
  );
  const { status, body } = await send('PATCH', `/${id}`, patch);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    billing_address: { city: 'Lund' },
    service_address: null,
    finance: { bill_profile_id: 3, tax_exempt_types: ['STATE'] },
    fields: [{ field_id: 1, value: 'x' }],
  });
  expect(faultsOf(await send('PATCH', `/${id}`, patchOf(replace('/email/x', 'y'))))).toEqual([409, ['[0]']]);
});

test('that only looks into what is not there changes nothing', async () => {
  const id = await make({});
  const { status, headers } = await send(
    'PATCH',
    `/${id}`,
    patchOf({ op: 'test', path: '/listing_address/city', value: null }),
  );
  expect([status, headers.get('etag')]).toEqual([200, '"1"']);
});

test('ignores what the service sets and what Rev.io does not know, and names it', async () => {
  const id = await make({});
  const before = (await send('GET', `/${id}`)).body;
  const answer = await send(
    'PATCH',
    `/${id}`,
    patchOf(
      replace('/created_date', '2000-01-01T00:00:00Z'),
      { op: 'add', path: '/nickname', value: 'x' },
      { op: 'add', path: '/fields/-', value: { field_id: 1, colour: 'red' } },
      replace('/billing_address/address_id', 'x'),
      { op: 'move', from: '/updated_date', path: '/source' },
      { op: 'test', path: '/created_by', value: null },
    ),
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get('customary-ignored')?.split(', ').sort()).toEqual([
    'billing_address.address_id',
    'created_date',
    'fields.colour',
    'nickname',
    'updated_date',
  ]);
  expect(answer.body).toMatchObject({ created_date: before['created_date'], fields: [{ field_id: 1 }] });
  expect(answer.body).not.toHaveProperty('nickname');
});

test('cannot make the customer another one', async () => {
  const [id, other] = [await make({}), await make({})];
  const answer = await send('PATCH', `/${id}`, patchOf(replace('/customer_id', other)));
  expect(faultsOf(answer)).toEqual([400, ['customer_id']]);
  expect((await send('PATCH', `/${id}`, patchOf(replace('/customer_id', id)))).status).toBe(200);
});

test('is held to the rules between members', async () => {
  const id = await make({ agent_id: 1, secondary_agent_id: 2 });
  const without = await send('PATCH', `/${id}`, patchOf({ op: 'remove', path: '/agent_id' }));
  expect(faultsOf(without)).toEqual([400, ['secondary_agent_id']]);
  const mailed = await send('PATCH', `/${id}`, patchOf(replace('/finance/billing_method', 'EMAIL_ONLY')));
  expect(faultsOf(mailed)).toEqual([400, ['email']]);
});

test('of another member is not held to a rule that another contract broke', async () => {
  const customer = await service.create({
    kind: 'person',
    billing: { method: 'email', email: 'b@c.example' },
  });
  const path = `/${customer['number']}`;
  expect((await send('PATCH', path, patchOf(replace('/source', 'x')))).status).toBe(200);
  const model = (await send('GET', path)).body;
  expect((await send('PUT', path, { body: { ...model, source: 'y' } })).status).toBe(200);
});

test('reads a date-time without a time zone as UTC', async () => {
  const id = await make({});
  const { body } = await send('PATCH', `/${id}`, patchOf(replace('/close_date', '2030-01-02T03:04:05')));
  expect(body['close_date']).toBe('2030-01-02T03:04:05Z');
});

test('is application/json-patch+json and nothing else', async () => {
  const id = await make({});
  for (const contentType of ['application/json', 'text/json', 'application/merge-patch+json']) {
    const answer = await send('PATCH', `/${id}`, { body: [], contentType });
    expect([answer.status, answer.headers.get('accept-patch')]).toEqual([415, 'application/json-patch+json']);
  }
});
