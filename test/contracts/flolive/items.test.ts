import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';
import {
  addresses,
  contacts,
  customerWithItems,
  failure,
  one,
  phone,
  success,
  three,
  two,
  uuid,
} from './items.ts';

let service: TestService;
let flolive: Flolive;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
});
afterAll(() => service.stop());

const make = (data: object = {}) => customerWithItems(service, data);
const native = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;

describe('a contact', () => {
  test('is found by its id, as an array or as one object; others and other members stay', async () => {
    const id = await make();
    const before = (await flolive.customer(id))['contact'];
    const change = { id: two, role: 'SELFCARE', remarks: 'Away' };
    for (const contact of [change, [change]]) {
      expect(await flolive.modified(id, { contact: { id: two, role: 'NONE', remarks: '' } })).toEqual(
        success,
      );
      expect(await flolive.modified(id, { contact })).toEqual(success);
      expect((await flolive.customer(id))['contact']).toEqual([before[0], { ...before[1], ...change }]);
    }
    const both = [
      { id: two, role: 'NONE', firstName: 'Bo' },
      { id: one, role: 'NONE', firstName: 'Al' },
    ];
    expect(await flolive.modified(id, { contact: both })).toEqual(success);
    expect((await native(id))['contacts'].map((item: JsonObject) => item['firstName'])).toEqual(['Al', 'Bo']);
  });

  test('names itself and its role', async () => {
    const id = await make();
    const cause = async (contact: unknown) => nakOf(await flolive.modify(id, { contact }));
    expect(await cause({ role: 'NONE' })).toEqual(notUpdated('contact[0].id is required'));
    expect(await cause({ id: one })).toEqual(notUpdated('contact[0].role is required'));
    expect(
      await cause([
        { id: one, role: 'NONE' },
        { id: '', role: '' },
      ]),
    ).toEqual(notUpdated('contact[1].id is required; contact[1].role is required'));
    expect((await cause({ id: 'ada', role: 'NONE' }))[2]).toContain('contact[0].id must match format');
    expect(
      (
        await cause([
          { id: one, role: 'NONE' },
          { id: one, role: 'NONE' },
        ])
      )[2],
    ).toContain('contact[1].id names another item of the list');
  });

  test('of another customer, or of nobody, is refused, and nothing changes', async () => {
    const id = await make();
    const stranger = await make({ contacts: [{ ...contacts[0], id: three }] });
    const body = {
      name: 'Volvo',
      contact: [
        { id: one, role: 'NONE' },
        { id: three, role: 'NONE' },
      ],
    };
    expect(await flolive.modified(id, body)).toEqual(
      failure('contact[1].id names no contact of the customer'),
    );
    expect((await native(id))['version']).toBe(1);
    expect((await native(stranger))['version']).toBe(1);
  });

  test('is reached by a landline or a mobile phone, as it is afterwards', async () => {
    const id = await make();
    const contact = (changes: object, of = one) =>
      flolive.modified(id, { contact: { id: of, role: 'NONE', ...changes } });
    const unreached = failure('contact[0].mobilePhoneNumber is required without landlinePhoneNumber');
    expect(await contact({ mobilePhoneNumber: '' })).toEqual(unreached);
    expect(await contact({ mobilePhoneNumber: '', landlinePhoneNumber: '031-1' })).toEqual(success);
    expect(await contact({ landlinePhoneNumber: null })).toEqual(unreached);
    expect(await contact({ landlinePhoneNumber: null, mobilePhoneNumber: phone })).toEqual(success);
    expect(await contact({ remarks: 'x' })).toEqual(success);
  });

  test('that another contract made without a phone needs one when it is changed', async () => {
    const id = await make({ contacts: [{ id: one, firstName: 'Ada' }] });
    const unreached = failure('contact[0].mobilePhoneNumber is required without landlinePhoneNumber');
    expect(await flolive.modified(id, { contact: { id: one, role: 'NONE', remarks: 'x' } })).toEqual(
      unreached,
    );
    expect(await flolive.modified(id, { contact: { id: one, role: 'NONE' } })).toEqual(success);
    expect(await flolive.modified(id, { name: 'Volvo' })).toEqual(success);
  });

  test('has identities, replaced as a whole, as an array or as one object', async () => {
    const id = await make();
    const identity = (sent: unknown) =>
      flolive.modified(id, { contact: { id: one, role: 'NONE', identity: sent } });
    const shown = async () => (await flolive.customer(id))['contact'][0].identity;
    const [passport, card] = [
      { idType: 'PASSPORT', idNumber: 'A1' },
      { idType: 'ID', idNumber: 'B2' },
    ];
    expect(await identity([passport, card])).toEqual(success);
    expect(await shown()).toEqual([passport, card]);
    expect(await identity(card)).toEqual(success);
    expect(await shown()).toEqual([card]);
    expect((await native(id))['contacts'][0].identifiers).toMatchObject([{ type: 'id', value: 'B2' }]);
    expect(await identity([])).toEqual(success);
    expect((await shown()) ?? []).toEqual([]);
  });
});

describe('an address', () => {
  test('is found by its id, as an array or as one object; it needs no more', async () => {
    const id = await make();
    const before = (await flolive.customer(id))['address'];
    for (const [city, list] of [
      ['Ystad', true],
      ['Malmö', false],
    ] as const) {
      const change = { id: two, city };
      expect(await flolive.modified(id, { address: list ? [change] : change })).toEqual(success);
      expect((await flolive.customer(id))['address']).toEqual([before[0], { ...before[1], city }]);
    }
    expect(nakOf(await flolive.modify(id, { address: { city: 'x' } }))).toEqual(
      notUpdated('address[0].id is required'),
    );
    expect(await flolive.modified(id, { address: { id: uuid(9), city: 'x' } })).toEqual(
      failure('address[0].id names no address of the customer'),
    );
  });

  test('of a purpose that floLIVE does not know is not seen, and stays', async () => {
    const id = await make();
    expect((await flolive.customer(id))['address'].map((item: JsonObject) => item['id'])).toEqual([one, two]);
    expect(await flolive.modified(id, { address: { id: three, city: 'x' } })).toEqual(
      failure('address[0].id names no address of the customer'),
    );
    expect(await flolive.modified(id, { address: [] })).toEqual(success);
    expect((await native(id))['addresses']).toEqual([addresses[2]]);
  });
});

test('an empty list takes all its items away', async () => {
  for (const empty of ['', null, [], {}]) {
    const id = await make();
    expect(await flolive.modified(id, { contact: empty, address: empty })).toEqual(success);
    const { contact, address } = await flolive.customer(id);
    expect([contact ?? [], address ?? []]).toEqual([[], []]);
  }
});

test('who sees no personal members changes others of a contact, and its phones stay', async () => {
  const id = await make({ protectionLevel: 3 });
  const key = await service.withKey({ scopes: ['customer:read', 'customer:write'] });
  const weak = floliveClient(key);
  expect((await weak.customer(id))['contact'][1]).toMatchObject({ id: two, landlinePhoneNumber: null });
  expect(await weak.modified(id, { contact: { id: two, role: 'SELFCARE', isPrimary: true } })).toEqual(
    success,
  );
  expect((await native(id))['contacts'][1]).toEqual({ ...contacts[1], selfCare: true, primary: true });
});

test('a mask that comes back leaves what it stands for', async () => {
  const identifiers = [{ id: three, type: 'id', value: 'B2' }];
  const id = await make({
    protectionLevel: 2,
    contacts: [{ ...contacts[0], email: 'a@b.example', birthDate: '1985-12-10', identifiers }],
  });
  const key = await service.withKey({ scopes: ['customer:read', 'customer:write'] });
  const weak = floliveClient(key);
  const [contact] = (await weak.customer(id))['contact'];
  expect(contact).toMatchObject({ emailAddress: '***', birthdate: '***', mobilePhoneNumber: '***' });
  expect(await weak.modified(id, { contact: { ...contact, role: 'SELFCARE' } })).toEqual(success);
  const [stored] = (await native(id))['contacts'];
  expect(stored).toMatchObject({
    email: 'a@b.example',
    birthDate: '1985-12-10',
    mobilePhone: phone,
    identifiers,
  });
  const other = await weak.modify(id, { contact: { ...contact, emailAddress: '****' } });
  expect(nakOf(other)[2]).toContain('contact[0].emailAddress must match format');
});
