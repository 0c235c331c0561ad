import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { faultsOf, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
let id: number;
let parent: number;
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
  id = (await send('POST', '', { body: {} })).body['id'];
  parent = (await send('POST', '', { body: {} })).body['id'];
});
afterAll(() => service.stop());

const int32 = {
  good: [-2_147_483_648, 0, 2_147_483_647],
  bad: [2_147_483_648, -2_147_483_649, 1.5, '7', true],
};
const flag = { good: [true, false], bad: ['true', 1] };
const instant = {
  good: ['2024-02-29T23:59:59.5Z', '2024-01-01T00:00:00+02:00'],
  bad: ['2024-02-30T00:00:00Z', 'soon', 5],
};
const text = (most: number) => ({
  good: ['', 'x', '李'.repeat(most)],
  bad: ['x'.repeat(most + 1), 7, true, ['x']],
});

/** Every member of the page and of its objects, with values that are taken as they are and values that are refused. */
const members: Record<string, { good: Json[]; bad: Json[] }> = {
  account_number: text(25),
  activated_date: instant,
  agent_id: int32,
  close_date: instant,
  email: {
    good: [
      '',
      'a@b.example',
      'a@b.example,c@d.example',
      'a@b.example, c@d.example',
      `${'x'.repeat(64)}@${'y'.repeat(190)}`,
    ],
    bad: ['a', 'a@b.example;c@d.example', 'a@b.example,', `${'x'.repeat(64)}@${'y'.repeat(191)}`, 5],
  },
  is_parent: flag,
  registration_code: text(20),
  security_pin: text(50),
  sold_by: int32,
  source: text(200),
  status: { good: ['OPEN', 'PENDING', 'CLOSED', 'PROSPECT'], bad: ['ALL', 'open', '', 0] },
  'auto_debit.enabled': flag,
  'auto_debit.day': { good: [1, 31], bad: [0, 32, 1.5, '1'] },
  'auto_debit.payment_account_id': int32,
  'finance.bill_profile_id': int32,
  'finance.billing_method': { good: ['PRINT_ONLY', 'NONE'], bad: ['FAX', 'none', 1] },
  'finance.balance_limit': { good: [0, -1.25, 99.99], bad: ['1', true] },
  'finance.balance_limit_enabled': flag,
  'finance.collection_template_id': int32,
  'finance.contract_start_date': instant,
  'finance.contract_end_date': instant,
  'finance.cycle_date': instant,
  'finance.late_fees_enabled': flag,
  'finance.payment_terms_days': { good: [0, 30], bad: [-1, 1.5, '30'] },
  'finance.tax_exempt_enabled': flag,
  'finance.tax_exempt_types': { good: [['FEDERAL', 'STATE']], bad: ['FEDERAL', {}] },
  'finance.usage_file_enabled': flag,
  'finance.usage_file_format': text(200),
  'finance.payment_fees_enabled': flag,
  'profile.class': { good: ['RESIDENTIAL', 'BUSINESS'], bad: ['OTHER', 1] },
  'profile.date_of_birth': { good: ['1815-12-10'], bad: ['1815-02-30', '10.12.1815', 5] },
  'profile.language': text(60),
  'profile.tax_id': text(100),
  fields: {
    good: [[{ field_id: 1, label: 'Provider number', value: '17' }]],
    bad: ['x', {}, { 0: {} }],
  },
  suspended: flag,
  suspended_date: instant,
  culture: { good: ['en-US', 'sv-SE'], bad: ['not a culture', 5] },
  auto_close: flag,
  ...Object.fromEntries(
    ['billing_address', 'service_address', 'listing_address'].flatMap((address) => [
      [`${address}.first_name`, { ...text(200), good: ['x'.repeat(200)] }],
      [`${address}.middle_initial`, { ...text(20), good: ['K'] }],
      [`${address}.last_name`, { ...text(200), good: ['Lovelace'] }],
      [`${address}.company_name`, { ...text(300), good: ['x'.repeat(300)] }],
      [`${address}.line_1`, { ...text(300), good: ['1 High Street'] }],
      [`${address}.line_2`, { ...text(300), good: ['Suite 2'] }],
      [`${address}.city`, { ...text(200), good: ['Springfield'] }],
      [`${address}.state_or_province`, { ...text(200), good: ['IL'] }],
      [`${address}.postal_code`, { ...text(30), good: ['62701'] }],
      [`${address}.postal_code_extension`, { ...text(30), good: ['1234'] }],
      [`${address}.country_code`, { good: ['USA', 'SWE'], bad: ['US', 'usa', 'ZZZ', 235] }],
    ]),
  ),
};

const nested = (path: string, value: Json): JsonObject => {
  const [name, inner] = path.split('.') as [string, string?];
  return { [name]: inner === undefined ? value : { [inner]: value } };
};
const valueAt = (document: JsonObject, path: string): Json | undefined =>
  path.split('.').reduce<any>((value, name) => value?.[name], document);
const put = (body: JsonObject) => send('PUT', `/${id}`, { body });

describe.each(Object.entries(members))('%s', (member, { good, bad }) => {
  test('is taken, and read as it was sent', async () => {
    for (const value of good) {
      const answer = await put(nested(member, value));
      expect(answer.status, JSON.stringify([value, answer.body])).toBe(200);
      expect(valueAt(answer.body, member)).toEqual(value);
      expect(valueAt((await send('GET', `/${id}`)).body, member)).toEqual(value);
    }
  });

  test('is taken as null', async () => {
    const answer = await put(nested(member, null));
    const shown = valueAt(answer.body, member) ?? null;
    // An account is suspended or not: there is no third.
    expect([answer.status, shown]).toEqual([200, member === 'suspended' ? false : null]);
  });

  test('is refused with a wrong value by its own name, and nothing is changed', async () => {
    const before = await send('GET', `/${id}`);
    for (const value of bad) {
      const answer = await put({ culture: 'de', ...nested(member, value) });
      expect(faultsOf(answer), JSON.stringify(value)).toEqual([400, [member]]);
    }
    const after = await send('GET', `/${id}`);
    expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
  });
});

test.each(['billing_address', 'service_address', 'listing_address', 'auto_debit', 'finance', 'profile'])(
  '%s is an object or null',
  async (member) => {
    for (const value of ['x', 5, true, []]) {
      expect(faultsOf(await put({ [member]: value }))).toEqual([400, [member]]);
    }
    expect((await put({ [member]: null })).status).toBe(200);
  },
);

test('each field of a list is named by its place when it is wrong', async () => {
  const body = { fields: [{ field_id: 1 }, { field_id: 'x', label: 5, value: true }] };
  expect(faultsOf(await put(body))).toEqual([
    400,
    ['fields[1].field_id', 'fields[1].label', 'fields[1].value'],
  ]);
});

test('parent_customer_id is an existing customer', async () => {
  const good = await put({ parent_customer_id: parent });
  expect([good.status, good.body['parent_customer_id']]).toEqual([200, parent]);
  for (const value of [2_000_000_000, 2_147_483_648, 0, -1, '1001', 1.5]) {
    expect(faultsOf(await put({ parent_customer_id: value })), String(value)).toEqual([
      400,
      ['parent_customer_id'],
    ]);
  }
});

test('secondary_agent_id is for those who have an agent_id', async () => {
  expect((await put({ agent_id: 1, secondary_agent_id: 2 })).body).toMatchObject({
    agent_id: 1,
    secondary_agent_id: 2,
  });
  for (const body of [{ secondary_agent_id: 2 }, { secondary_agent_id: 2, agent_id: null }]) {
    expect(faultsOf(await put(body))).toEqual([400, ['secondary_agent_id']]);
  }
});

test('an e-mail address is required when bills are mailed', async () => {
  for (const billing_method of ['EMAIL_ONLY', 'BOTH']) {
    for (const email of [{}, { email: null }, { email: '' }]) {
      expect(faultsOf(await put({ ...email, finance: { billing_method } }))).toEqual([400, ['email']]);
    }
    const good = await put({ email: 'a@b.example', finance: { billing_method } });
    expect(good.body['finance'].billing_method).toBe(billing_method);
  }
});

test('members that the service sets are told as ignored, and stay', async () => {
  const before = (await send('GET', `/${id}`)).body;
  const read = { created_by: 5, created_date: '2000-01-01T00:00:00Z', updated_date: '2000-01-01T00:00:00Z' };
  const answer = await put({
    ...read,
    customer_id: id,
    billing_address: { city: 'Lund', address_id: 'x', created_date: 'y' },
    nickname: 'none',
  });
  const ignored = answer.headers.get('customary-ignored')?.split(', ').sort();
  const inAddress = ['billing_address.address_id', 'billing_address.created_date'];
  expect(ignored).toEqual([
    ...inAddress,
    'created_by',
    'created_date',
    'customer_id',
    'nickname',
    'updated_date',
  ]);
  expect(answer.body).toMatchObject({
    customer_id: id,
    created_by: null,
    created_date: before['created_date'],
  });
  expect(answer.body).not.toHaveProperty('nickname');
});

test('a credit limit is kept exactly, or refused where a number would round it', async () => {
  const contentType = 'application/json';
  const limited = (amount: string) => `{"finance": {"balance_limit": ${amount}}}`;
  const patched = (path: string, value: string) =>
    send('PATCH', `/${id}`, {
      body: `[{"op": "add", "path": "${path}", "value": ${value}}]`,
      contentType: 'application/json-patch+json',
    });
  const shown = async () => (await send('GET', `/${id}`)).text.match(/"balance_limit":([^,]*)/)?.[1];
  for (const amount of ['0.30000000000000004', '123456789012.345', '-0.25']) {
    expect((await send('PUT', `/${id}`, { body: limited(amount), contentType })).status).toBe(200);
    expect(await shown()).toBe(amount);
    expect((await patched('/finance/balance_limit', amount)).status).toBe(200);
  }
  const long = '12345678901234.56789';
  const named = ['finance.balance_limit'];
  expect(faultsOf(await send('PUT', `/${id}`, { body: limited(long), contentType }))).toEqual([400, named]);
  expect(faultsOf(await send('POST', '', { body: limited(long), contentType }))).toEqual([400, named]);
  expect(faultsOf(await patched('/finance/balance_limit', long))).toEqual([400, ['[0].value']]);
  expect(faultsOf(await patched('/finance', `{"balance_limit": ${long}}`))).toEqual([
    400,
    ['[0].value.balance_limit'],
  ]);
  expect(await shown()).toBe('-0.25');
});

test('a date-time without a time zone, as the vendor writes it, is UTC; a date as its midnight is the date', async () => {
  const answer = await put({
    activated_date: '2015-03-05T12:18:32.35',
    finance: { cycle_date: '2015-03-05T12:18:32' },
    profile: { date_of_birth: '1980-05-06T00:00:00' },
  });
  expect(answer.body).toMatchObject({
    activated_date: '2015-03-05T12:18:32.35Z',
    finance: { cycle_date: '2015-03-05T12:18:32Z' },
    profile: { date_of_birth: '1980-05-06' },
  });
});
