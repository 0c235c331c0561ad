import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/schema/json.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';
import { addresses, contacts, customerWithItems, failure, one, success, two } from './items.ts';

let service: TestService;
let flolive: Flolive;
beforeAll(async () => {
  service = await startService();
  flolive = floliveClient(service);
});
afterAll(() => service.stop());

const make = (data: object = {}) => customerWithItems(service, data);
const native = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;
const primaries = async (id: string, list: 'contact' | 'address') =>
  (await flolive.customer(id))[list].flatMap((item: JsonObject) => (item['isPrimary'] ? [item['id']] : []));

describe.each(['contact', 'address'] as const)('the primary %s', (list) => {
  const item = (id: string, isPrimary: unknown) =>
    list === 'contact' ? { id, role: 'NONE', isPrimary } : { id, isPrimary };

  test('is one: setting another unsets it', async () => {
    const id = await make();
    expect(await flolive.modified(id, { [list]: item(two, true) })).toEqual(success);
    expect(await primaries(id, list)).toEqual([two]);
    expect(await flolive.modified(id, { [list]: [item(one, true), item(two, false)] })).toEqual(success);
    expect(await primaries(id, list)).toEqual([one]);
    expect((await native(id))['addresses'][2]).toEqual(addresses[2]);
  });

  test('is not two at once', async () => {
    const id = await make();
    expect(nakOf(await flolive.modify(id, { [list]: [item(one, true), item(two, true)] }))).toEqual(
      notUpdated(`${list}[1].isPrimary may be true for one only`),
    );
    const [status, , message] = nakOf(
      await flolive.modify(id, { [list]: [item(two, true), item(one, true)] }),
    );
    expect([status, message]).toEqual([400, expect.stringContaining(`${list}[0].isPrimary`)]);
  });

  test('stays until there is another', async () => {
    const id = await make();
    for (const none of [false, null, '']) {
      expect(await flolive.modified(id, { [list]: [item(two, false), item(one, none)] })).toEqual(
        failure(`${list}[1].isPrimary stays true until another one is primary`),
      );
    }
    expect(await primaries(id, list)).toEqual([one]);
  });

  test('may be missing where another contract made none', async () => {
    const bare = (items: { primary?: boolean }[]) => items.map(({ primary: _primary, ...rest }) => rest);
    const id = await make({ contacts: bare(contacts), addresses: bare(addresses) });
    expect(await flolive.modified(id, { [list]: item(two, false) })).toEqual(success);
    expect(await flolive.modified(id, { [list]: item(two, true) })).toEqual(success);
    expect(await primaries(id, list)).toEqual([two]);
  });
});

test('two that another contract made primary stay so until one is set', async () => {
  const both = contacts.map((contact) => ({ ...contact, primary: true }));
  const id = await make({ contacts: both });
  const { contact } = await flolive.customer(id);
  expect(await flolive.modified(id, { contact })).toEqual(success);
  expect((await native(id))['version']).toBe(1);
  expect(await flolive.modified(id, { contact: { id: two, role: 'NONE', isPrimary: false } })).toEqual(
    success,
  );
  expect(await primaries(id, 'contact')).toEqual([one]);
});
