import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Answer } from '../../support/client.ts';
import { startService, type TestService } from '../../support/service.ts';
import { bearing, type Login, logIn, loginCall } from './client.ts';

let service: TestService;
let id: string;
beforeAll(async () => {
  service = await startService();
  id = (await service.create({ kind: 'person', name: 'Ada' }))['id'];
});
afterAll(() => service.stop());

/** Calls of /identity/users, without a token unless the headers have one. */
const call = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  service.send('POST', `/servitly/identity/users/${path}`, {
    headers: { authorization: '', 'x-servitly-tenant': service.tenantName, ...headers },
    ...(body === undefined ? {} : { body }),
  });
const login = (body: unknown, headers?: Record<string, string>) => call('patLogin', body, headers);
const renew = (body: unknown, headers?: Record<string, string>) => call('me/renewToken', body, headers);
const refusal = ({ status, body }: Answer) => [status, body['message']];
const reads = async ({ token }: Pick<Login, 'token'>, tenant = service.tenantName) =>
  (await service.get(`/servitly/network/customers/${id}`, bearing(token, tenant))).status;
const fresh = async (): Promise<Login> => (await logIn(service)).login;
/** A login whose token has expired: it ends in the database, whose clock is the only one that counts. */
const expired = async (): Promise<Login> => {
  const one = await fresh();
  await service.database.query('UPDATE session SET expires_at = now() WHERE session_id = $1', [
    sessionOf(one),
  ]);
  return one;
};
const claimsOf = ({ token }: Login) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const sessionOf = (one: Login): string => claimsOf(one).jti;
const renewal = ({ refreshToken, userId, tenantId }: Login) => ({ refreshToken, userId, tenantId });

describe('POST /identity/users/patLogin', () => {
  test('with the id of a key and its secret gives a JWT, when it ends, and how to renew it', async () => {
    const answer = await login({ apiKey: service.keyId, pat: service.secret });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenExpirationTimestamp: expect.any(Number),
      refreshToken: expect.stringMatching(/^\S+$/),
      userId: service.keyId,
      tenantId: service.tenantId,
    });
    const one = answer.body as Login;
    const minutes = (one.tokenExpirationTimestamp - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
    expect(claimsOf(one).exp * 1000).toBe(one.tokenExpirationTimestamp);
    expect(await reads(one)).toBe(200);
  });

  test('is no access of a client’s user, also with a key of the customer, and changes nothing of it', async () => {
    const key = await service.withKey({ customerId: id });
    const { get, login: one } = await logIn(key);
    expect(one.userId).toBe(key.keyId);
    const { body } = await get(`/network/customers/${id}`);
    expect(body).toMatchObject({ firstAccessTimestamp: null, lastAccessTimestamp: null });
    expect((await service.get(`/v1/customers/${id}`)).body['version']).toBe(1);
  });

  test('takes the older name of the tenant’s header, and ignores other members', async () => {
    const body = { apiKey: service.keyId, pat: service.secret, device: { platform: 'Android' } };
    const headers = { 'x-servitly-tenant': '', 'x-semioty-tenant': service.tenantName };
    expect((await login(body, headers)).status).toBe(200);
  });

  test('with anything else gives 401 “Invalid credentials” and says who may be asked', async () => {
    const [other, second] = [await service.otherTenant(), await service.withKey()];
    const native = await service.withKey({ contract: 'native' });
    const revoked = await service.withKey();
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
    const over = await service.withKey({ expiresAt: new Date(Date.now() - 1000) });
    const wrong: [string, string, string?][] = [
      [service.keyId, second.secret],
      [second.keyId, service.secret],
      [other.keyId, other.secret],
      [service.keyId, service.secret, other.tenantName],
      [service.keyId, service.secret, 'nobody'],
      [native.keyId, native.secret],
      [revoked.keyId, revoked.secret],
      [over.keyId, over.secret],
      [service.keyId, ''],
      ['', service.secret],
      ['', ''],
    ];
    for (const [apiKey, pat, tenant = service.tenantName] of wrong) {
      const answer = await login({ apiKey, pat }, { 'x-servitly-tenant': tenant });
      expect(refusal(answer)).toEqual([401, 'Invalid credentials']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Servitly"');
    }
    const bound = await service.withKey({ contract: 'servitly' });
    expect((await login({ apiKey: bound.keyId, pat: bound.secret })).status).toBe(200);
  });

  test('names what is missing or wrong in it', async () => {
    const { body, ...headers } = { body: loginCall(service).body, 'x-servitly-tenant': '' };
    expect(refusal(await login(body, headers))).toEqual([400, 'Bad request: X-Servitly-Tenant is required']);
    expect(refusal(await login({}))).toEqual([400, 'Bad request: apiKey is required; pat is required']);
    expect(refusal(await login({ apiKey: 1, pat: null }))).toEqual([
      400,
      'Bad request: apiKey must be string; pat must be string',
    ]);
    expect(refusal(await login([]))).toEqual([400, 'Bad request: must be object']);
  });

  test('opens a login of the key’s own bounds, which the history tells', async () => {
    const key = await service.withKey({ name: 'anna', customerId: id });
    const anna = await logIn(key);
    const other = (await service.create())['id'];
    expect((await anna.get(`/network/customers/${other}`)).status).toBe(404);
    expect((await anna.patch(id, { country: 'Sweden' })).status).toBe(200);
    const { body } = await service.get(`/v1/customers/${id}/history?limit=1`);
    expect(body['entries'][0]).toMatchObject({ principal: 'anna', contract: 'servitly' });
  });
});

describe('POST /identity/users/me/renewToken', () => {
  test('is refused with 400 while the token has not expired, and uses nothing up', async () => {
    const one = await fresh();
    const early = [400, 'Bad request: refreshToken is good once the token has expired'];
    for (let times = 0; times < 3; times++) expect(refusal(await renew(renewal(one)))).toEqual(early);
    expect(await reads(one)).toBe(200);
  });

  test('gives a new login once it has expired, and each refresh token is good once', async () => {
    const one = await expired();
    const answer = await renew(renewal(one), { authorization: `Bearer ${one.token}` });
    expect(answer.status).toBe(200);
    const next = answer.body as Login;
    expect(next).toEqual({
      token: expect.any(String),
      tokenExpirationTimestamp: expect.any(Number),
      refreshToken: expect.any(String),
      userId: service.keyId,
      tenantId: service.tenantId,
    });
    expect(next.token).not.toBe(one.token);
    expect(await reads(next)).toBe(200);
    expect(refusal(await renew(renewal(one)))).toEqual([401, 'User not authenticated']);
    await vi.waitUntil(async () => (await reads(next)) === 401, { timeout: 5000, interval: 10 });
  });

  test('is refused with 401 for whatever is no refresh token', async () => {
    const one = await expired();
    const revoked = await service.withKey();
    const over = (await logIn(revoked)).login;
    await service.database.query('UPDATE session SET expires_at = now() WHERE key_id = $1', [revoked.keyId]);
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
    for (const body of [
      { ...renewal(one), refreshToken: '' },
      { ...renewal(one), refreshToken: one.token },
      { ...renewal(one), refreshToken: `${one.refreshToken}x` },
      renewal(over),
    ]) {
      const answer = await renew(body);
      expect(refusal(answer)).toEqual([401, 'User not authenticated']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Servitly"');
    }
    expect((await renew(renewal(one))).status).toBe(200);
  });

  test.each([
    ['another tenant’s id', { tenantId: randomUUID() }, {}, [401, 'User not authenticated']],
    ['another user', { userId: 'key_00000000000' }, {}, [401, 'User not authenticated']],
    [
      'another tenant’s name',
      {},
      { 'x-servitly-tenant': 'nobody' },
      [403, 'User not authorized: X-Servitly-Tenant is not the tenant of the token'],
    ],
  ])('for %s ends the login', async (_what, over, headers, refused) => {
    const one = await expired();
    expect(refusal(await renew({ ...renewal(one), ...over }, headers))).toEqual(refused);
    // Asked of the database: showing the refresh token again would end the login anyway.
    const live = await service.database.query(
      'SELECT 1 FROM session WHERE family_id = $1 AND ended_at IS NULL',
      [sessionOf(one)],
    );
    expect(live).toEqual([]);
    expect(refusal(await renew(renewal(one)))).toEqual([401, 'User not authenticated']);
  });

  test('names what is missing or wrong in it', async () => {
    const one = renewal(await expired());
    expect(refusal(await renew(one, { 'x-servitly-tenant': '' }))).toEqual([
      400,
      'Bad request: X-Servitly-Tenant is required',
    ]);
    expect(refusal(await renew({ refreshToken: one.refreshToken, userId: 1 }))).toEqual([
      400,
      'Bad request: tenantId is required; userId must be string',
    ]);
    expect((await renew(one)).status).toBe(200);
  });
});

describe('POST /identity/users/me/logout', () => {
  const logout = ({ token }: Login, tenant = service.tenantName) =>
    call('me/logout', undefined, bearing(token, tenant));

  test('ends the token and what could be renewed of it, within a second', async () => {
    const [one, other] = [await fresh(), await fresh()];
    expect(await reads(one)).toBe(200);
    const answer = await logout(one);
    expect([answer.status, answer.text]).toEqual([204, '']);
    const began = performance.now();
    await vi.waitUntil(async () => (await reads(one)) === 401, { timeout: 5000, interval: 10 });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(refusal(await renew(renewal(one)))).toEqual([401, 'User not authenticated']);
    expect(await reads(other)).toBe(200);
  });

  test('needs the token and its tenant', async () => {
    const one = await fresh();
    expect(refusal(await logout({ ...one, token: 'x' }))).toEqual([401, 'User not authenticated']);
    expect((await logout(one, 'nobody')).status).toBe(403);
    expect((await logout(one, '')).status).toBe(400);
    expect(await reads(one)).toBe(200);
  });
});

test('a token ends by itself', async () => {
  const one = await fresh();
  expect(await reads(one)).toBe(200);
  await service.database.query('UPDATE session SET expires_at = now() WHERE session_id = $1', [
    sessionOf(one),
  ]);
  await vi.waitUntil(async () => (await reads(one)) === 401, { timeout: 5000, interval: 10 });
});
