import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf } from '../../support/caller.ts';
import { startService, type TestService } from '../../support/service.ts';
import { basic, expectError, faultsOf, patchOf, revioHeaders, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
let id: number;
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
  id = (await send('POST', '', { body: { account_number: 'TAKEN-1', registration_code: 'TAKEN-R' } })).body[
    'id'
  ];
});
afterAll(() => service.stop());

describe('Basic authentication', () => {
  const withHeaders = (headers: Record<string, string>) =>
    service.send('GET', `/revio/v1/Customers/${id}`, { headers: { authorization: '', ...headers } });

  test('is username@clientcode:password: the key’s id, the tenant’s name and the secret', async () => {
    const { keyId, tenantName, secret } = callerOf(service);
    const authorization = `Basic ${Buffer.from(`${keyId}@${tenantName}:${secret}`).toString('base64')}`;
    expect((await withHeaders({ authorization })).status).toBe(200);
    expect((await withHeaders({ authorization: authorization.replace('Basic', 'basic') })).status).toBe(200);
  });

  test('opens nothing unless all three belong together', async () => {
    const { keyId, tenantName, secret } = callerOf(service);
    const other = callerOf(await service.otherTenant());
    const second = callerOf(await service.withKey());
    const wrong = [
      basic(second.keyId, tenantName, secret),
      basic(keyId, other.tenantName, secret),
      basic(keyId, tenantName, second.secret),
      basic(keyId, tenantName, 'wrong'),
      basic(keyId, tenantName, ''),
      basic('', tenantName, secret),
      basic(keyId, '', secret),
      `Bearer ${secret}`,
      'Basic',
      'Basic !!!',
      `Basic ${Buffer.from(secret).toString('base64')}`,
    ];
    for (const authorization of wrong) {
      const answer = await withHeaders({ authorization });
      expectError(answer, 401);
      expect(answer.body['error']).toBe('The user name, client code or password is not valid');
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Rev.io", charset="UTF-8"');
    }
  });

  test('that is missing is told apart', async () => {
    for (const headers of [{}, { 'x-api-key': service.secret }]) {
      const answer = await withHeaders(headers);
      expectError(answer, 401);
      expect(answer.body['error']).toBe('Sign in with Basic authentication as username@clientcode');
    }
  });

  test('is all that counts: a subscription key is taken and not looked at', async () => {
    const key = { 'ocp-apim-subscription-key': 'any' };
    expect((await withHeaders(key)).status).toBe(401);
    expect((await withHeaders({ ...revioHeaders(callerOf(service)), ...key })).status).toBe(200);
  });
});

describe('a refusal has Rev.io’s shape', () => {
  test('403 for a key without the permission, or of another contract', async () => {
    const reader = revioSender(await service.withKey({ scopes: ['customer:read'] }));
    const answer = await reader('PUT', `/${id}`, { body: {} });
    expectError(answer, 403);
    expect(answer.body['errors']).toEqual([{ field: '', message: 'needs the scope customer:write' }]);
    expectError(await revioSender(await service.withKey({ contract: 'keypro' }))('GET', `/${id}`), 403);
  });

  test('403 for a change of protected members, by their names, and nothing is changed', async () => {
    const addresses = [{ purpose: 'shipping' }, { purpose: 'service', city: 'Lund' }];
    const headers = { 'customary-reason': 'The customer called' };
    const data = { kind: 'person', email: 'a@b.example', addresses, protectionLevel: 3 };
    const { number } = await service.create(data, headers);
    const key = { scopes: ['customer:read', 'customer:write', 'personal:read'] as const };
    const reader = revioSender(await service.withKey(key));
    const patch = patchOf(
      { op: 'replace', path: '/email', value: 'x@y.example' },
      { op: 'replace', path: '/service_address/city', value: 'Oslo' },
    );
    const answer = await reader('PATCH', `/${number}`, patch);
    expectError(answer, 403);
    expect(faultsOf(answer)[1].sort()).toEqual(['email', 'service_address.city']);
    expectError(await send('PATCH', `/${number}`, patch), 403);
    expect((await send('PATCH', `/${number}`, { ...patch, headers })).body['email']).toBe('x@y.example');
  });

  test('404 for a path that is not there', async () => {
    for (const path of [
      '/revio',
      '/revio/',
      '/revio/v1',
      '/revio/v1/Customers/',
      '/revio/v1/Customers/1/x',
    ]) {
      expectError(await service.send('GET', path, { headers: revioHeaders(callerOf(service)) }), 404);
    }
  });

  test('405 with the methods of the path', async () => {
    const answer = await send('PATCH', '', patchOf());
    expectError(answer, 405);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
  });

  test('409 for a number or code that another customer has, by its name', async () => {
    const other = (await send('POST', '', { body: {} })).body['id'];
    for (const [member, value] of Object.entries({
      account_number: 'TAKEN-1',
      registration_code: 'TAKEN-R',
    })) {
      const answers = [
        await send('PUT', `/${other}`, { body: { [member]: value } }),
        await send('POST', '', { body: { [member]: value } }),
        await send('PATCH', `/${other}`, patchOf({ op: 'replace', path: `/${member}`, value })),
      ];
      for (const answer of answers) {
        expectError(answer, 409);
        expect(answer.body['errors']).toEqual([{ field: member, message: 'is taken by another customer' }]);
      }
      expect((await send('PUT', `/${id}`, { body: { [member]: value } })).status).toBe(200);
      await send('PUT', `/${id}`, { body: { account_number: 'TAKEN-1', registration_code: 'TAKEN-R' } });
    }
    const empty = { account_number: '', registration_code: '' };
    for (const one of [other, id]) expect((await send('PUT', `/${one}`, { body: empty })).status).toBe(200);
  });

  test('412 for another version, whatever the method', async () => {
    const headers = { 'if-match': '"99"' };
    expectError(await send('PUT', `/${id}`, { headers, body: {} }), 412);
    expectError(await send('PATCH', `/${id}`, { ...patchOf(), headers }), 412);
    expectError(await send('DELETE', `/${id}`, { headers }), 412);
    const current = { 'if-match': (await send('GET', `/${id}`)).headers.get('etag') as string };
    expect((await send('PUT', `/${id}`, { headers: current, body: {} })).status).toBe(200);
  });

  test('400 for what is not JSON, 413 for too much of it', async () => {
    for (const body of ['{', '{"source":"a","source":"b"}', '', '{"agent_id":12345678901234567890}']) {
      expectError(await send('PUT', `/${id}`, { body, contentType: 'application/json' }), 400);
    }
    expectError(await send('PUT', `/${id}`, { body: { source: 'x'.repeat(1_100_000) } }), 413);
  });

  test('quotes no value', async () => {
    const word = 'Unmistakable';
    const body = {
      status: word,
      email: word,
      culture: `${word}!`,
      agent_id: word,
      billing_address: { country_code: word },
    };
    const answer = await send('PUT', `/${id}`, { body });
    expectError(answer, 400);
    expect(faultsOf(answer)[1].sort()).toEqual([
      'agent_id',
      'billing_address.country_code',
      'culture',
      'email',
      'status',
    ]);
    expect(answer.text).not.toContain(word);
  });
});

describe('Idempotency-Key', () => {
  test('makes a change once, and answers the same again', async () => {
    const headers = { 'idempotency-key': 'revio-1' };
    const [first, again] = [
      await send('POST', '', { headers, body: { source: 'once', agent_id: 1 } }),
      await send('POST', '', { headers, body: { agent_id: 1, source: 'once' } }),
    ];
    expect([again.status, again.text, again.headers.get('location')]).toEqual([
      201,
      first.text,
      first.headers.get('location'),
    ]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectError(await send('POST', '', { headers, body: { source: 'twice' } }), 409);
  });
});

describe('secrets', () => {
  const secret = { registration_code: 'SECRET-R', security_pin: '4711' };
  const masks = { registration_code: '***', security_pin: '***' };

  test('are shown to those alone who may read personal data, and come back as they were', async () => {
    const made = (await send('POST', '', { body: secret })).body['id'];
    const key = { scopes: ['customer:read', 'customer:write', 'customer:list'] as const };
    const blind = revioSender(await service.withKey(key));
    expect((await send('GET', `/${made}`)).body).toMatchObject(secret);
    const { ok: _ok, links: _links, ...model } = (await blind('GET', `/${made}`)).body;
    expect(model).toMatchObject(masks);
    expect((await blind('GET', `?customer_id=${made}`)).body['records'][0]).toMatchObject(masks);
    const put = await blind('PUT', `/${made}`, { body: { ...model, source: 'x' } });
    expect(put.body).toMatchObject({ ...masks, source: 'x' });
    const patch = patchOf({ op: 'replace', path: '/source', value: 'y' });
    expect((await blind('PATCH', `/${made}`, patch)).body).toMatchObject({ ...masks, source: 'y' });
    expect((await send('GET', `/${made}`)).body).toMatchObject({ ...secret, source: 'y' });
    const guess = patchOf({ op: 'test', path: '/security_pin', value: '4711' });
    expect((await blind('PATCH', `/${made}`, guess)).status).toBe(409);
  });
});

test('a key without personal rights is told the members that it wrote, also those of Rev.io alone', async () => {
  const key = await service.withKey({ scopes: ['customer:read', 'customer:write'] });
  const why = { 'customary-reason': 'a test' };
  const made = await service.create({ kind: 'person', protectionLevel: 3 }, why);
  const path = `/${made['number']}`;
  const patch = { op: 'add', path: '/agent_id', value: 7 };
  expect(faultsOf(await revioSender(key)('PATCH', path, patchOf(patch)))).toEqual([403, ['agent_id']]);
  const body = { agent_id: 7, auto_debit: { day: 3 }, profile: { tax_id: 'T-1' }, status: null };
  expect(faultsOf(await revioSender(key)('PUT', path, { body }))).toEqual([
    403,
    ['agent_id', 'auto_debit.day', 'profile.tax_id'],
  ]);
});
