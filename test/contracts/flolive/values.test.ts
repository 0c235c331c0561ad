import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';

let service: TestService;
let flolive: Flolive;
const contactId = '0190b5a4-7c1e-7000-8000-000000000001';
const addressId = '0190b5a4-7c1e-7000-8000-000000000002';
let id: string;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
  const contacts = [{ id: contactId, primary: true, mobilePhone: '+46701234567' }];
  const addresses = [{ id: addressId, purpose: 'private', primary: true }];
  id = (await service.create({ kind: 'person', contacts, addresses }))['id'] as string;
});
afterAll(() => service.stop());

/** A body with one member, at its dotted path. */
const bodyWith = (path: string, value: unknown): object => {
  const [group, member] = path.split('.') as [string, string?];
  if (member === undefined) return { [group]: value };
  if (group === 'contact') return { contact: [{ id: contactId, role: 'NONE', [member]: value }] };
  if (group === 'address') return { address: [{ id: addressId, [member]: value }] };
  if (group === 'identity')
    return { contact: [{ id: contactId, role: 'NONE', identity: [{ [member]: value }] }] };
  return { [group]: { [member]: value } };
};

/** Where a member stands in the customer's document. */
const shownAt = async (path: string): Promise<unknown> => {
  const [group, member] = path.split('.') as [string, string?];
  const customer = await flolive.customer(id);
  if (member === undefined) return customer[group];
  if (group === 'identity') return customer['contact'][0].identity?.[0]?.[member];
  return Array.isArray(customer[group]) ? customer[group][0][member] : customer[group][member];
};

/** The member as a refusal names it. */
const nameOf = (path: string): string =>
  path.replace(/^(contact|address)\./, '$1[0].').replace(/^identity\./, 'contact[0].identity[0].');

const words: [path: string, words: string[]][] = [
  ['mfaConfiguration', ['MANDATORY', 'ENABLED', 'DISABLED']],
  ['contact.type', ['OWNER', 'MEMBER']],
  ['contact.role', ['SELFCARE', 'NONE']],
  ['contact.salutation', ['MR', 'MS']],
  ['contact.gender', ['MALE', 'FEMALE']],
  ['identity.idType', ['ID', 'PASSPORT', 'DRIVER_LICENSE']],
  ['address.type', ['PRIVATE', 'SHIPPING', 'MAILING']],
  ['address.salutation', ['MR', 'MS']],
  ['address.title', ['DR', 'PROF']],
  ['invoiceConfiguration.chargeByActive', ['SIM', 'IMSI']],
  ['invoiceConfiguration.activityIndication', ['NETWORK_REGISTRATION', 'DATA_CONSUMPTION']],
  ['invoiceConfiguration.deliveryMethod', ['EMAIL', 'POSTAL', 'EDI']],
  ['invoiceConfiguration.paymentDueUnits', ['DAYS']],
];

describe.each(words)('%s', (path, known) => {
  test('takes the page’s words', async () => {
    for (const word of known) {
      expect(await flolive.modified(id, bodyWith(path, word)), word).toEqual({ status: 'SUCCESS' });
      expect(await shownAt(path)).toBe(word);
    }
  });

  test('refuses any other at once, by the name of the member', async () => {
    for (const word of ['OTHER', known[0]?.toLowerCase()]) {
      const answer = await flolive.modify(id, bodyWith(path, word));
      expect(nakOf(answer)).toEqual(notUpdated(`${nameOf(path)} must be one of ${known.join(', ')}`));
    }
  });
});

const texts: [path: string, most: number][] = [
  ['name', 300],
  ['vatRegistrationNumber', 100],
  ['contact.firstName', 200],
  ['contact.middleName', 200],
  ['contact.lastName', 200],
  ['contact.landlinePhoneNumber', 50],
  ['contact.additionalPhoneNumber', 50],
  ['contact.picture', 2000],
  ['contact.remarks', 4000],
  ['identity.idNumber', 100],
  ['address.street', 300],
  ['address.buildingNumber', 50],
  ['address.buildingName', 200],
  ['address.buildingFloor', 50],
  ['address.zipCode', 30],
  ['address.apartmentNumber', 50],
  ['address.entrance', 50],
  ['address.city', 200],
  ['address.province', 200],
  ['address.state', 200],
  ['address.country', 60],
  ['address.pobox', 50],
  ['address.fullName', 300],
  ['address.company', 300],
];

test.each(texts)('%s is free text of at most %i characters', async (path, most) => {
  const value = 'Å'.repeat(most);
  expect(await flolive.modified(id, bodyWith(path, value))).toEqual({ status: 'SUCCESS' });
  expect(await shownAt(path)).toBe(value);
  const [status, code, message] = nakOf(await flolive.modify(id, bodyWith(path, `${value}Å`)));
  expect([status, code]).toEqual([400, 'CUSTOMER_1003']);
  expect(message).toContain(`${nameOf(path)} must NOT have more than ${most} characters`);
  expect(message).not.toContain('Å');
});

const formats: [path: string, right: string[], wrong: string[]][] = [
  ['contact.emailAddress', ['ada@example.org'], ['ada', 'ada@', 'a@b@c.example', 'ada @example.org']],
  ['address.emailAddress', ['goods@example.org'], ['goods', '@example.org']],
  [
    'contact.birthdate',
    ['29022024', '01011900', '31121999'],
    ['29022023', '31042020', '00012020', '2020-01-01', '1012020', '20200101', '010120200'],
  ],
  [
    'contact.mobilePhoneNumber',
    ['+46701234567', '+123456789012345', '+12'],
    ['0701234567', '+0701234567', '+1234567890123456', '+46 70 123 45 67', '0046701234567'],
  ],
];

test.each(formats)('%s has its format', async (path, right, wrong) => {
  for (const value of right) {
    expect(await flolive.modified(id, bodyWith(path, value)), value).toEqual({ status: 'SUCCESS' });
    expect(await shownAt(path)).toBe(value);
  }
  for (const value of wrong) {
    const [status, code, message] = nakOf(await flolive.modify(id, bodyWith(path, value)));
    expect([status, code, message.includes(nameOf(path))], value).toEqual([400, 'CUSTOMER_1003', true]);
    expect(message).not.toContain(value);
  }
});

const types: [path: string, wrong: unknown[]][] = [
  ['name', [1, true, ['x'], { a: 1 }]],
  ['type', ['PRIVAT', 1, true]],
  ['allowOfferDelegation', ['true', 1]],
  ['isAllowedImeiLock', ['false', 0]],
  ['contact', ['x', 1, [1]]],
  ['contact.isPrimary', ['true', 1]],
  ['address', ['x', true, ['x']]],
  ['address.isPrimary', ['yes']],
  ['contact.identity', ['x', [1]]],
  ['invoiceConfiguration', ['x', [1], 5]],
  ['invoiceConfiguration.deviceCost', ['x', '1,5', '1e5', true]],
  ['invoiceConfiguration.paymentDueAfterInvoiceIssued', [-1, 1.5, '14', 2 ** 31]],
  ['campaign', [['1'], [1.5], 'x', [-1]]],
  ['customFields', ['x', [1], [{ keyName: 'a', keyValue: 1 }]]],
];

test.each(types)('%s has its type', async (path, wrong) => {
  for (const value of wrong) {
    const [status, code, message] = nakOf(await flolive.modify(id, bodyWith(path, value)));
    expect([status, code], JSON.stringify(value)).toEqual([400, 'CUSTOMER_1003']);
    expect(message).toContain(
      path
        .replace(/^(contact|address)\./, '$1[0].')
        .split('.')
        .at(-1),
    );
  }
});

test('the type of a customer may have any letter case, and is shown in capitals', async () => {
  for (const [sent, shown] of [
    ['Private', 'PRIVATE'],
    ['business', 'BUSINESS'],
    ['PRIVATE', 'PRIVATE'],
    ['bUSINESS', 'BUSINESS'],
  ]) {
    expect(await flolive.modified(id, { type: sent })).toEqual({ status: 'SUCCESS' });
    expect(await shownAt('type')).toBe(shown);
  }
});

test('one wrong value refuses the whole request, every one is named, and nothing is kept of it', async () => {
  const before = await flolive.customer(id);
  const body = { name: 'Volvo', mfaConfiguration: 'OFF', address: { id: 'x', title: 'SIR' } };
  const [status, code, message] = nakOf(await flolive.modify(id, body));
  expect([status, code]).toEqual([400, 'CUSTOMER_1003']);
  for (const name of ['mfaConfiguration', 'address[0].id', 'address[0].title'])
    expect(message).toContain(name);
  expect(await flolive.customer(id)).toEqual(before);
});
