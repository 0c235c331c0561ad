import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wire } from '../../../src/contracts/keypro/wire.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type KeyproClient, keyproClient } from './client.ts';

let service: TestService;
let keypro: KeyproClient;
beforeAll(async () => {
  service = await startService();
  keypro = keyproClient(service);
});
afterAll(() => service.stop());

const natively = async (id: number) => {
  const { body } = await service.get(`/v1/customers?number=${id}`);
  return body['customers'][0];
};

/** Each member with a value of its type, and what the record makes of it. */
const members: [string, unknown, object][] = [
  ['address', 7, { extensions: { keypro: { address: 7 } } }],
  ['language', 2, { language: 'sv' }],
  ['restricted_type', 2, { protectionLevel: 2 }],
  ['status', 4, { status: 'suspended' }],
  ['type', 2, { kind: 'organisation' }],
  ['apartment', 8, { extensions: { keypro: { apartment: 8 } } }],
  ['coop_date', '1998-05-20', { cooperative: { joinedOn: '1998-05-20' } }],
  ['coop_member', true, { cooperative: { member: true } }],
  ['coop_reimbursement_date', '2024-08-15', { cooperative: { reimbursedOn: '2024-08-15' } }],
  ['coop_sum', '2500.05', { cooperative: { sum: '2500.05' } }],
  ['country', 'FI', { country: 'FI' }],
  ['customer_email', 'ada@example.org', { email: 'ada@example.org' }],
  ['customer_name', 'Ada Lovelace', { name: 'Ada Lovelace' }],
  ['customer_name_ext', 'c/o Byron', { nameExtension: 'c/o Byron' }],
  ['customer_number', 'A-4711', { accountNumber: 'A-4711' }],
  ['customer_phone', '+358 40 123 4567', { phone: '+358 40 123 4567' }],
  ['identification', 'Meter 1', { identifiers: { reference: 'Meter 1' } }],
  ['invoice_country', 'SE', { billing: { country: 'SE' } }],
  ['invoice_name', 'Ada Oy', { billing: { name: 'Ada Oy' } }],
  ['is_editable_by_customer', true, { consents: { selfCareEdit: true } }],
  ['is_sms_disabled', true, { consents: { smsDisabled: true } }],
  ['note', 'Prefers letters.', { note: 'Prefers letters.' }],
  ['secondary_phone', '040 765 4321', { secondaryPhone: '040 765 4321' }],
  ['sms_numbers', ['+358401', '+358402'], { smsNumbers: ['+358401', '+358402'] }],
  ['ssn_or_business_id', '140362-901H', { identifiers: { nationalId: '140362-901H' } }],
  ['water_database_id', 9, { extensions: { keypro: { water_database_id: 9 } } }],
];

test('the table below has every member that a client may write', () => {
  const readOnly = ['id', 'date_modified'];
  const all = Object.keys(wire.properties).filter((name) => !readOnly.includes(name));
  expect(members.map(([name]) => name)).toEqual(all);
});

describe('a change of one member', () => {
  test.each(members)(
    '%s: is stored, answered with the whole customer, and changes no other',
    async (name, value, record) => {
      const before = await keypro.create({ customer_name: 'Before', note: 'kept' });
      const { id } = before as { id: number };
      const answer = await keypro.patch(id, { [name]: value });
      expect(answer.status, answer.text).toBe(200);
      const { date_modified, ...shown } = answer.body;
      expect(shown).toEqual({ ...before, date_modified: undefined, [name]: value });
      expect(Date.parse(date_modified)).toBeGreaterThan(Date.parse(before['date_modified']));
      expect(answer.headers.get('etag')).toBe('"2"');
      expect(await natively(id)).toMatchObject({ version: 2, ...record });
      expect((await keypro.get(`/customers/${id}/`)).body).toEqual(answer.body);
    },
  );

  test.each(members)('%s: null takes its value away', async (name, value) => {
    const there = name === 'customer_number' ? 'A-4712' : value;
    const { id } = (await keypro.create({ [name]: there })) as { id: number };
    const answer = await keypro.patch(id, { [name]: null });
    expect(answer.status, answer.text).toBe(200);
    // A customer always has a restricted type: protection is lowered in words only.
    expect(answer.body[name]).toBe(name === 'restricted_type' ? there : null);
  });
});

const tooBig = Number.MAX_SAFE_INTEGER + 1;
const long = (length: number) => 'x'.repeat(length + 1);

/** Values of each member that are refused. */
const wrong: [string, unknown[]][] = [
  ['address', ['7', -1, 1.5, true, tooBig]],
  ['language', ['Finnish', 0, 1.5, 9999]],
  ['restricted_type', [0, 5, '1', true]],
  ['status', [0, 6, 'active']],
  ['type', [0, 3, 'person']],
  ['apartment', ['8', -1]],
  ['coop_date', ['20.5.1998', '1998-02-30', '1998-05-20T00:00:00Z', 19980520]],
  ['coop_member', ['true', 1]],
  ['coop_reimbursement_date', ['2024-13-01', '']],
  ['coop_sum', [2500, '2500,00', '1e3', '', '1234567890123456789', '0.1234567890']],
  ['country', [358, long(100)]],
  [
    'customer_email',
    ['ada', 'ada@example.org, byron@example.org', 'ada @example.org', '', `${long(250)}@example.org`],
  ],
  ['customer_name', [1, long(300)]],
  ['customer_name_ext', [[], long(300)]],
  ['customer_number', [4711, long(25)]],
  ['customer_phone', [358, long(50)]],
  ['identification', [{}, long(200)]],
  ['invoice_country', [false, long(100)]],
  ['invoice_name', [1, long(300)]],
  ['is_editable_by_customer', ['no', 0]],
  ['is_sms_disabled', ['no', 0]],
  ['note', [1, long(10_000)]],
  ['secondary_phone', [358, long(50)]],
  ['sms_numbers', ['+358401', ['1', '2', '3'], [1], [null], [long(50)]]],
  ['ssn_or_business_id', [140362, long(100)]],
  ['water_database_id', ['9', -1]],
];

describe('a wrong value', () => {
  test('the table below has every member', () => {
    expect(wrong.map(([name]) => name)).toEqual(members.map(([name]) => name));
  });

  test.each(wrong)(
    '%s: refuses the whole request, names the member alone, and changes nothing',
    async (name, values) => {
      const { id } = (await keypro.create({ customer_name: 'Before' })) as { id: number };
      for (const value of values) {
        const answer = await keypro.patch(id, { customer_name_ext: 'changed', [name]: value });
        expect([answer.status, Object.keys(answer.body)], JSON.stringify(value)).toEqual([400, [name]]);
        for (const message of answer.body[name]) {
          expect(message).toMatch(/^(This field|Item \d|The number) .*\.$/);
          if (typeof value === 'string' && value !== '') expect(message).not.toContain(value);
        }
      }
      expect(await natively(id)).toMatchObject({ version: 1, name: 'Before' });
    },
  );

  test('a body that is no object is refused as a whole', async () => {
    const { id } = (await keypro.create()) as { id: number };
    for (const body of ['[]', '"x"', '7', 'null']) {
      const answer = await keypro.send('PATCH', `/customers/${id}/`, { body });
      expect([answer.status, answer.body]).toEqual([
        400,
        { non_field_errors: ['The request must be object.'] },
      ]);
    }
    const broken = await keypro.send('PATCH', `/customers/${id}/`, { body: '{' });
    expect([broken.status, Object.keys(broken.body)]).toEqual([400, ['non_field_errors']]);
  });

  test('a number that another customer has is refused by its name', async () => {
    await keypro.create({ customer_number: 'TAKEN-1' });
    const { id } = (await keypro.create()) as { id: number };
    const answer = await keypro.patch(id, { customer_number: 'TAKEN-1' });
    expect([answer.status, answer.body]).toEqual([
      400,
      { customer_number: ['This field is taken by another customer.'] },
    ]);
  });
});

test('members that nobody may write, and unknown ones, are ignored and named', async () => {
  const { id } = (await keypro.create()) as { id: number };
  const answer = await keypro.patch(id, { id: 1, date_modified: 'never', shoe_size: 44, note: 'x' });
  expect([answer.status, answer.body['id'], answer.body['note']]).toEqual([200, id, 'x']);
  expect(answer.headers.get('customary-ignored')).toBe('id, date_modified, shoe_size');
});

test('the slash at the end makes no difference', async () => {
  const { id } = (await keypro.create()) as { id: number };
  const answer = await keypro.send('PATCH', `/customers/${id}`, { body: { country: 'FI' } });
  expect([answer.status, answer.body['country']]).toEqual([200, 'FI']);
});

test('without any member nothing changes', async () => {
  const { id } = (await keypro.create()) as { id: number };
  const answer = await keypro.patch(id, {});
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
});

describe('a language', () => {
  test.each([
    ['fi', 1],
    ['sv-FI', 2],
    ['EN', 3],
    ['English', 3],
    ['Klingon', null],
  ])('that the record calls %s has the id %s, and stays when it comes back', async (language, shown) => {
    const { id, number } = await service.create({ kind: 'person', language });
    const { body } = await keypro.get(`/customers/${number}/`);
    expect(body['language']).toBe(shown);
    expect((await keypro.put(number, body)).status).toBe(200);
    expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({ language, version: 1 });
  });
});

test('several addresses of another contract stay when they come back', async () => {
  const { id, number } = await service.create({ kind: 'person', email: 'a@example.org, b@example.org' });
  const { body } = await keypro.get(`/customers/${number}/`);
  expect(body['customer_email']).toBe('a@example.org, b@example.org');
  expect((await keypro.patch(number, { ...body, note: 'x' })).status).toBe(200);
  expect((await service.get(`/v1/customers/${id}`)).body['email']).toBe('a@example.org, b@example.org');
});
