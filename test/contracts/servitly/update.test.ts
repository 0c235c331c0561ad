import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { logIn, type ServitlyClient } from './client.ts';

let service: TestService;
let client: ServitlyClient;
let id: string;
beforeAll(async () => {
  service = await startService();
  client = await logIn(service);
});
afterAll(() => service.stop());

const all = {
  name: 'Ada Lovelace',
  country: 'Italy',
  timezone: 'Europe/Rome',
  properties: { foo: 'abc', bar: '123' },
};
const nothing = { name: null, country: null, timezone: null, properties: {} };
const make = async (data: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', ...data }))['id'];
const record = async (of: string) => (await service.get(`/v1/customers/${of}`)).body;

describe('PUT /network/customers/{customerId}', () => {
  beforeAll(async () => {
    id = await make({ name: 'Ada', attributes: { old: '1' }, email: 'ada@example.org', status: 'active' });
  });

  test('answers 200 with the whole customer, as it is answered when it is read', async () => {
    const answer = await client.put(id, all);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { createdAt, version } = await record(id);
    expect(answer.body).toEqual({
      id,
      ...all,
      creationTimestamp: Date.parse(createdAt as string),
      firstAccessTimestamp: null,
      lastAccessTimestamp: null,
    });
    expect(answer.headers.get('etag')).toBe(`"${version}"`);
    expect((await client.get(`/network/customers/${id}`)).text).toBe(answer.text);
  });

  test('says the record’s name, country, time zone and attributes, and nothing else of it', async () => {
    const before = await record(id);
    await client.put(id, { ...all, name: 'Grace', properties: { baz: 'x' } });
    const { version: _v, updatedAt: _u, ...after } = await record(id);
    expect(after).toEqual({
      ...before,
      name: 'Grace',
      country: 'Italy',
      timeZone: 'Europe/Rome',
      attributes: { baz: 'x' },
      version: undefined,
      updatedAt: undefined,
    });
  });

  test.each(['name', 'country', 'timezone'])('makes %s null when it is not sent', async (member) => {
    const one = await make({ name: 'Ada', country: 'Italy', timeZone: 'Europe/Rome' });
    const { [member as keyof typeof all]: _absent, ...others } = all;
    const answer = await client.put(one, others);
    expect(answer.body).toMatchObject({ ...others, [member]: null });
    expect((await record(one))[member === 'timezone' ? 'timeZone' : member]).toBe(null);
  });

  test.each([{}, { properties: {} }, { properties: null }])(
    'empties the properties by %j',
    async (properties) => {
      const one = await make({ attributes: { old: '1' } });
      const answer = await client.put(one, { name: 'Ada', ...properties });
      expect(answer.body['properties']).toEqual({});
      expect(await record(one)).not.toHaveProperty('attributes');
    },
  );

  test('of an empty document empties all that Servitly says, and leaves the rest', async () => {
    const one = await make({
      ...{ name: 'A', attributes: { a: '1' } },
      email: 'a@b.example',
      source: 'shop',
    });
    expect((await client.put(one, {})).body).toMatchObject(nothing);
    expect(await record(one)).toMatchObject({ kind: 'person', email: 'a@b.example', source: 'shop' });
  });

  test.each([{}, { attributes: {} }, { attributes: null }])(
    'of nothing for nothing makes no version: %j',
    async (data) => {
      const one = await make(data);
      for (const body of [{}, nothing, { properties: null }])
        expect((await client.put(one, body)).status).toBe(200);
      expect((await record(one))['version']).toBe(1);
    },
  );

  test.each(['creationTimestamp', 'firstAccessTimestamp', 'lastAccessTimestamp', 'id', 'code', '', 'a,b'])(
    'ignores %j, whatever it holds, and says so',
    async (name) => {
      const before = (await client.put(id, all)).body;
      for (const value of [1, 1.5, -1, 'text', null, { a: 1 }, [1]]) {
        const answer = await client.put(id, { ...all, [name]: value });
        expect(answer.status, answer.text).toBe(200);
        expect(answer.body).toEqual(before);
        expect(answer.headers.get('customary-ignored')).toBe(name.replace(',', '%2C'));
      }
    },
  );

  test('shows the accesses that were brought along, in milliseconds', async () => {
    const servitly = { firstAccessTimestamp: 1578432000000, lastAccessTimestamp: 1578438000000 };
    const one = await make({ extensions: { servitly } });
    expect((await client.put(one, all)).body).toMatchObject(servitly);
    expect((await record(one))['extensions']).toEqual({ servitly });
  });
});

describe('a wrong value refuses the whole request, names its member, and changes nothing', () => {
  const wrong: [what: string, body: object, cause: string][] = [
    ['a name that is no text', { name: 1 }, 'name must be string or null'],
    ['a name of 301 characters', { name: 'x'.repeat(301) }, 'name must NOT have more than 300 characters'],
    ['a country that is no text', { country: ['IT'] }, 'country must be string or null'],
    [
      'a country of 101 characters',
      { country: 'x'.repeat(101) },
      'country must NOT have more than 100 characters',
    ],
    ['a time zone that is no text', { timezone: true }, 'timezone must be string or null'],
    ['a time zone that nobody has', { timezone: 'Europe/Nowhere' }, 'timezone must match format "time-zone"'],
    ['an offset', { timezone: '+02:00' }, 'timezone must match format "time-zone"'],
    ['an empty time zone', { timezone: '' }, 'timezone must match format "time-zone"'],
    ['properties that are a text', { properties: 'foo=abc' }, 'properties must be object or null'],
    ['properties that are a list', { properties: ['abc'] }, 'properties must be object or null'],
    ['a property that is a number', { properties: { foo: 123 } }, 'properties.foo must be string'],
    ['a property that is an object', { properties: { 'a/b~c': {} } }, 'properties.a/b~c must be string'],
    [
      'a property of 2,001 characters',
      { properties: { foo: 'x'.repeat(2001) } },
      'properties.foo must NOT have more than 2000 characters',
    ],
    [
      'a property without a name',
      { properties: { '': 'x' } },
      'properties. has a name that must NOT have fewer than 1 characters',
    ],
    [
      '201 properties',
      { properties: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p${index}`, 'x'])) },
      'properties must NOT have more than 200 properties',
    ],
    [
      'several values',
      { name: 1, timezone: 'x' },
      'name must be string or null; timezone must match format "time-zone"',
    ],
  ];

  test.each(wrong)('%s', async (_what, body, cause) => {
    const one = await make({ name: 'Ada', country: 'Italy', attributes: { foo: 'abc' } });
    for (const change of [client.put, client.patch]) {
      const answer = await change(one, { ...body, country: 'country' in body ? body.country : 'Sweden' });
      expect([answer.status, answer.body]).toEqual([400, { message: `Bad request: ${cause}` }]);
    }
    expect(await record(one)).toMatchObject({ version: 1, name: 'Ada', country: 'Italy' });
  });

  test('a property that is null, where it is no removal', async () => {
    const one = await make({ attributes: { foo: 'abc' } });
    const answer = await client.put(one, { properties: { foo: null } });
    expect([answer.status, answer.body]).toEqual([
      400,
      { message: 'Bad request: properties.foo must be string' },
    ]);
    expect((await client.patch(one, { properties: { foo: null } })).body['properties']).toEqual({});
  });

  test('but none whose members are as long as they may be', async () => {
    const longest = {
      name: 'ö'.repeat(300),
      country: 'x'.repeat(100),
      properties: { ['n'.repeat(128)]: 'v'.repeat(2000) },
    };
    const answer = await client.put(await make(), longest);
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining(longest)]);
  });

  test('a property’s name that is too long is cut where it is named', async () => {
    const { status, text } = await client.put(await make(), { properties: { ['n'.repeat(5000)]: 'v' } });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(400);
  });

  test.each(['null', '[]', '"text"', '1', '[{"name":"Ada"}]'])(
    'a body that is no object: %s',
    async (body) => {
      for (const change of [client.put, client.patch]) {
        const answer = await change(await make(), body, { 'content-type': 'application/json' });
        expect([answer.status, answer.body]).toEqual([400, { message: 'Bad request: must be object' }]);
      }
    },
  );
});
