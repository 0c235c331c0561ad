import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'test' };
const contactId = '01890000-0000-7000-8000-00000000000a';

/** Personal members of every kind, all of them with what `said` makes of a value; undefined leaves them out. */
const customerWith = (said: (value: Json) => Json | undefined, protectionLevel: number) => ({
  protectionLevel,
  name: said('Ada'),
  securityPin: said('1234'),
  smsNumbers: said(['070']),
  metadata: said({ a: 1 }),
  identifiers: { taxId: said('T-1') },
  contacts: [{ id: contactId, type: 'owner', firstName: said('Augusta') }],
  extensions: { seamlessos: said({ b: 1 }) },
});

test.each([3, 4])(
  'at level %i a value, null and absence look the same where members are hidden',
  async (level) => {
    const blind = await service.withKey({ scopes: ['customer:read', 'customer:list', 'history:read'] });
    const looksOf = async (said: (value: Json) => Json | undefined) => {
      const { id, number } = await service.create(customerWith(said, level), why);
      const one = (await blind.get(`/v1/customers/${id}`)).body;
      const listed = (await blind.get(`/v1/customers?number=${number}`)).body['customers'][0];
      const before = (await blind.get(`/v1/customers/${id}?asOf=1`)).body;
      const [entry] = (await blind.get(`/v1/customers/${id}/history`)).body['entries'];
      return { shown: [one, listed, before].map(withoutSystem), changes: entry.changes };
    };
    const value = await looksOf((one) => one);
    expect(value.shown[0]).toEqual({
      protectionLevel: level,
      identifiers: {},
      contacts: [{ id: contactId, type: 'owner' }],
      extensions: {},
    });
    expect(await looksOf(() => null)).toEqual(value);
    // What was never named is no change that a history could hold.
    expect((await looksOf(() => undefined)).shown).toEqual(value.shown);
  },
);

const withoutSystem = ({
  id: _id,
  number: _number,
  humanReadableId: _name,
  version: _version,
  createdAt: _created,
  updatedAt: _updated,
  ...record
}: JsonObject) => record;
