import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../src/access/scopes.ts';
import { startService, type TestService } from '../../support/service.ts';
import { bearing, logIn, type ServitlyClient } from './client.ts';

let service: TestService;
let client: ServitlyClient;
beforeAll(async () => {
  service = await startService();
  client = await logIn(service);
});
afterAll(() => service.stop());

const all = { name: 'Ada Lovelace', country: 'Italy', timezone: 'Europe/Rome', properties: {} };
const make = async (data: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', ...data }))['id'];
const record = async (of: string) => (await service.get(`/v1/customers/${of}`)).body;

describe('who may update a customer', () => {
  const status = async (headers: Record<string, string>, one: string) => {
    const answer = await service.send('PUT', `/servitly/network/customers/${one}`, { body: all, headers });
    return [answer.status, answer.body['message']];
  };

  test.each([
    [['customer:read'], 'customer:write'],
    [['customer:write'], 'customer:read'],
  ] as [Scope[], string][])('not with %s alone', async (scopes, lacking) => {
    const one = await make({ name: 'Ada' });
    const weak = await logIn(await service.withKey({ scopes }));
    const { token } = weak.login;
    const message = `User not authorized: needs the scope ${lacking}`;
    expect(await status(bearing(token, service.tenantName), one)).toEqual([403, message]);
    expect(await record(one)).toMatchObject({ version: 1 });
  });

  test('the tenant is named, and it is the token’s own', async () => {
    const one = await make();
    const { token } = client.login;
    const authorization = `Bearer ${token}`;
    const required = 'Bad request: X-Servitly-Tenant is required';
    const another = 'User not authorized: X-Servitly-Tenant is not the tenant of the token';
    const other = await service.otherTenant();
    expect(await status({ authorization }, one)).toEqual([400, required]);
    expect(await status({ authorization, 'x-servitly-tenant': '' }, one)).toEqual([400, required]);
    for (const name of ['nobody', other.tenantName, service.tenantId, service.tenantName.toUpperCase()]) {
      expect(await status({ authorization, 'x-servitly-tenant': name }, one)).toEqual([403, another]);
      expect(await status({ authorization, 'x-semioty-tenant': name }, one)).toEqual([403, another]);
    }
    expect((await status(bearing(token, service.tenantName), one))[0]).toBe(200);
    expect((await status({ authorization, 'x-semioty-tenant': service.tenantName }, one))[0]).toBe(200);
    expect((await status(bearing((await logIn(other)).login.token, other.tenantName), one))[0]).toBe(404);
  });

  test('nobody without a token, told by the vendor’s text', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${service.secret}`, 'Basic YTpi']) {
      const headers = { authorization, 'x-servitly-tenant': service.tenantName };
      expect(await status(headers, await make())).toEqual([401, 'User not authenticated']);
    }
  });

  test.each(['abcd1234', 'x', '%20', '1', '018F0000-0000-7000-8000-00000000000A', crypto.randomUUID()])(
    'a customer that nobody has is not found: %s',
    async (name) => {
      for (const answer of [await client.put(name, all), await client.patch(name, all)]) {
        expect([answer.status, answer.body]).toEqual([404, { message: 'Resource not found' }]);
      }
    },
  );
});
