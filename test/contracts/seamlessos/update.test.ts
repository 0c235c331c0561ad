import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, type Sender, seamlessosSender } from './client.ts';

let service: TestService;
let send: Sender;
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
});
afterAll(() => service.stop());

const record = {
  kind: 'person',
  name: 'Ada Lovelace',
  identifiers: { nationalId: '18151210-1234', taxId: 'T-1' },
  locale: 'sv-SE',
  email: 'ada@example.org, lovelace@example.org',
  phone: '+46 70 174 06 30',
  note: 'Kept',
  billing: { method: 'email', email: 'billing@example.org', name: 'Accounts', currency: 'SEK' },
  addresses: [
    { purpose: 'billing', line1: 'Box 1', city: 'Stockholm', country: 'SE', poBox: '1' },
    { purpose: 'shipping', fullName: 'Ada', phone: '+46701740631', line1: 'Hamngatan 1', city: 'Malmö' },
    { purpose: 'service', line1: 'Stugvägen 2' },
  ],
  metadata: { crm: '4711' },
};
const make = async (data: object = record) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await send('GET', `/${id}`)).body;
const stored = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const put = (id: string, body: unknown, headers = {}) => send('PUT', `/${id}`, { body, headers });
const patch = (id: string, body: unknown, headers = {}) => send('PATCH', `/${id}`, { body, headers });

describe('the answer', () => {
  test('is the whole customer, with every member of the page', async () => {
    const id = await make({
      ...record,
      extensions: {
        seamlessos: {
          users: [{ userId: 'u-1', name: 'Ada', role: 'MEMBER' }],
          contactPersonUserId: 'u-1',
        },
      },
    });
    const { status, body, headers } = await patch(id, { name: 'Ada King' });
    expect([status, headers.get('etag'), headers.get('content-type')]).toEqual([
      200,
      '"2"',
      'application/json; charset=utf-8',
    ]);
    const native = await stored(id);
    expect(body).toEqual({
      customerId: id,
      customerType: 'CONSUMER',
      name: 'Ada King',
      identity: '18151210-1234',
      preferredLocale: 'sv-SE',
      humanReadableId: native['humanReadableId'],
      contact: { email: 'ada@example.org', msisdn: '+46701740630' },
      billing: {
        method: 'EMAIL_INVOICE',
        email: 'billing@example.org',
        address: { street1: 'Box 1', city: 'Stockholm', country: 'SE' },
        currency: 'SEK',
      },
      users: [{ userId: 'u-1', name: 'Ada', role: 'MEMBER' }],
      contactPersonUserId: 'u-1',
      contactPerson: { userId: 'u-1', name: 'Ada', role: 'MEMBER' },
      shipping: {
        name: 'Ada',
        msisdn: '+46701740631',
        address: { street1: 'Hamngatan 1', city: 'Malmö' },
      },
      createdAt: native['createdAt'],
      updatedAt: native['updatedAt'],
      metadata: { crm: '4711' },
    });
    expect(body['humanReadableId']).toMatch(/^[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{3}$/);
    expect(await read(id)).toEqual(body);
  });

  test('says CONSUMER of a person and BUSINESS of an organisation', async () => {
    const types = ['person', 'organisation'].map(
      async (kind) => (await read(await make({ kind })))['customerType'],
    );
    expect(await Promise.all(types)).toEqual(['CONSUMER', 'BUSINESS']);
  });

  test('says when the customer was created and last updated', async () => {
    const id = await make();
    const before = await read(id);
    const after = (await patch(id, { name: 'Later' })).body;
    expect(before['updatedAt']).toBe(before['createdAt']);
    expect(after['createdAt']).toBe(before['createdAt']);
    expect(Date.parse(after['updatedAt'])).toBeGreaterThan(Date.parse(before['updatedAt']));
  });

  test('has no users where none are known', async () => {
    expect((await read(await make()))['users']).toEqual([]);
  });
});

describe.each([
  ['PATCH', patch],
  ['PUT', put],
] as const)('%s', (_method, change) => {
  test('changes what is named and leaves what is absent', async () => {
    const id = await make();
    const before = await stored(id);
    const { body } = await change(id, { preferredLocale: 'en-US' });
    expect(body['preferredLocale']).toBe('en-US');
    const { version, updatedAt, ...after } = await stored(id);
    expect({ ...after, version: version - 1, updatedAt: before['updatedAt'] }).toEqual({
      ...before,
      locale: 'en-US',
    });
    expect(updatedAt).not.toBe(before['updatedAt']);
  });

  test('merges objects member by member, at any depth', async () => {
    const id = await make();
    await change(id, {
      contact: { msisdn: '+15551234567' },
      billing: { address: { zip: '111 22' } },
      shipping: { address: { street2: '2 tr' }, instructions: 'Ring på' },
    });
    expect(await stored(id)).toMatchObject({
      email: record.email,
      phone: '+15551234567',
      billing: record.billing,
      addresses: [
        { ...record.addresses[0], postalCode: '111 22' },
        { ...record.addresses[1], line2: '2 tr', instructions: 'Ring på' },
        record.addresses[2],
      ],
    });
  });

  test('clears by null, and nothing beside it', async () => {
    const id = await make();
    await change(id, {
      identity: null,
      preferredLocale: null,
      contact: { msisdn: null },
      billing: { currency: null },
      shipping: null,
    });
    const after = await stored(id);
    expect(after).toMatchObject({
      name: record.name,
      identifiers: { taxId: 'T-1' },
      email: record.email,
      note: 'Kept',
      addresses: [record.addresses[0], record.addresses[2]],
    });
    expect(after['billing']).toEqual({ method: 'email', email: 'billing@example.org', name: 'Accounts' });
    for (const name of ['phone', 'locale']) expect(after).not.toHaveProperty(name);
    expect(after['addresses']).toHaveLength(2);
  });

  test('clears all addresses for the purpose, so that none comes forward and a repeat changes nothing', async () => {
    const one = { purpose: 'shipping', line1: 'Storgatan 1', country: 'SE' };
    const kept = { purpose: 'billing', line1: 'Box 1' };
    const { id } = await service.create({
      kind: 'person',
      name: 'Ada',
      addresses: [one, kept, { ...one, city: 'Lund' }],
    });
    const first = await change(id, { shipping: null });
    expect([first.status, first.body['shipping']]).toEqual([200, undefined]);
    const again = await change(id, { shipping: null });
    expect([again.status, again.headers.get('etag')]).toEqual([200, first.headers.get('etag')]);
    expect((await stored(id))['addresses']).toEqual([expect.objectContaining(kept)]);
  });

  test('leaves of a cleared address what SeamlessOS cannot say', async () => {
    const id = await make();
    await change(id, { billing: { address: null } });
    const [billing] = (await stored(id))['addresses'];
    const { id: _id, ...rest } = billing;
    expect(rest).toEqual({ purpose: 'billing', poBox: '1' });
  });

  test('ignores what an update does not take and names it: GET, edit, PUT works', async () => {
    const id = await make();
    const document = await read(id);
    const { status, headers, body } = await change(id, {
      ...document,
      customerId: 'another',
      customerType: 'BUSINESS',
      name: 'Ada King',
      users: [{ userId: 'intruder' }],
      contactPersonUserId: 'intruder',
      metadata: { crm: 'another' },
      contact: { ...document['contact'], fax: '1' },
      unknown: 1,
    });
    expect(status).toBe(200);
    expect(headers.get('customary-ignored')?.split(', ').sort()).toEqual([
      'contact.fax',
      'contactPersonUserId',
      'createdAt',
      'customerId',
      'customerType',
      'humanReadableId',
      'metadata',
      'unknown',
      'updatedAt',
      'users',
    ]);
    expect(body).toEqual({ ...document, name: 'Ada King', updatedAt: body['updatedAt'] });
    expect(await stored(id)).toMatchObject({ kind: 'person', metadata: { crm: '4711' } });
  });

  test('is made on the version that If-Match names, or refused', async () => {
    const id = await make();
    expect((await change(id, { name: 'One' }, { 'if-match': '"1"' })).headers.get('etag')).toBe('"2"');
    const stale = await change(id, { name: 'Two' }, { 'if-match': '"1"' });
    expect(errorOf(stale)).toEqual([412, 'PRECONDITION_FAILED', []]);
    expect((await read(id))['name']).toBe('One');
  });

  test('stands in the history with the vendor’s contract', async () => {
    const id = await make();
    await change(id, { name: 'Told' }, { 'customary-reason': 'A call' });
    const { body } = await service.get(`/v1/customers/${id}/history?limit=1`);
    expect(body['entries'][0]).toMatchObject({
      contract: 'seamlessos',
      operation: 'customer.update',
      reason: 'A call',
      changes: [{ path: '/name', before: 'Ada Lovelace', after: 'Told' }],
    });
  });
});

describe('what the record says otherwise', () => {
  test('the first of several e-mail addresses is the contact’s; another takes its place alone', async () => {
    const id = await make();
    await patch(id, { contact: { email: 'king@example.org' } });
    expect((await stored(id))['email']).toBe('king@example.org, lovelace@example.org');
    await patch(id, { contact: { email: null } });
    expect(await stored(id)).not.toHaveProperty('email');
  });

  test('an address for which there is no room beside the others is refused as that', async () => {
    const others = ['b', 'c', 'd'].map((name) => `${name.repeat(45)}@example.org`).join(', ');
    const id = await make({ ...record, email: `${'a'.repeat(45)}@example.org, ${others}` });
    const answer = await patch(id, { contact: { email: `${'x'.repeat(64)}@${'y'.repeat(32)}.example.org` } });
    expect(errorOf(answer)).toEqual([400, 'VALIDATION_ERROR', ['TOO_LONG contact.email']]);
    expect(answer.body['details'][0].message).toContain('together with the other e-mail addresses');
  });

  test('an invoice on paper too is one by e-mail here, and none is not said; both stay while nobody says otherwise', async () => {
    const both = await make({ ...record, billing: { method: 'emailAndPaper', email: 'b@example.org' } });
    const none = await make({ ...record, billing: { method: 'none' } });
    const after = [both, none].map(async (id) => {
      const document = await read(id);
      await put(id, { ...document, name: 'New' });
      return [document['billing'].method, (await stored(id))['billing'].method];
    });
    expect(await Promise.all(after)).toEqual([
      ['EMAIL_INVOICE', 'emailAndPaper'],
      [undefined, 'none'],
    ]);
    await patch(none, { billing: { method: 'E_INVOICE' } });
    expect((await stored(none))['billing'].method).toBe('eInvoice');
  });

  test('a phone number is shown as E.164, and stays as it was written until another is said', async () => {
    const id = await make({ ...record, phone: '0046 (0)70-174 06 30' });
    expect((await put(id, { ...(await read(id)), name: 'New' })).body['contact'].msisdn).toBe('+46701740630');
    expect((await stored(id))['phone']).toBe('0046 (0)70-174 06 30');
  });

  test('what another contract stored longer or otherwise than SeamlessOS allows may come back as it is', async () => {
    const id = await make({
      ...record,
      phone: '070-174 06 30',
      addresses: [{ purpose: 'billing', line1: 'Box 1', country: 'Sweden' }],
      billing: { method: 'eInvoice', currency: 'XYZ', autoPay: true },
    });
    const { status, body } = await put(id, { ...(await read(id)), name: 'New' });
    expect([status, body['contact'].msisdn, body['billing']]).toEqual([
      200,
      '070-174 06 30',
      {
        method: 'E_INVOICE',
        address: { street1: 'Box 1', country: 'Sweden' },
        currency: 'XYZ',
        autoPay: true,
      },
    ]);
  });
});

test('a change through another contract shows here, and one of here shows there', async () => {
  const id = await make();
  await service.patch(id, { name: 'From elsewhere', billing: { method: 'paper' } });
  expect(await read(id)).toMatchObject({ name: 'From elsewhere', billing: { method: 'PAPER_INVOICE' } });
  await patch(id, { identity: '2', billing: { method: 'E_INVOICE' } });
  expect(await stored(id)).toMatchObject({
    identifiers: { nationalId: '2' },
    billing: { method: 'eInvoice' },
  });
});
