import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { revokeKey } from '../../src/storage/api-keys.ts';
import { tidyTenant } from '../../src/storage/tidy.ts';
import type { Answer } from '../support/client.ts';
import { commandIn, jsonOf } from '../support/command.ts';
import { holdLock } from '../support/lock.ts';
import { madeHeaders, madeSender } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { type KeyOptions, startService, type TestService } from '../support/service.ts';

const everything = [...contracts, madeUp];
let service: TestService;
let read: string;
beforeAll(async () => {
  service = await startService({ contracts: everything });
  read = `/customers/${(await service.create())['number']}/`;
});
afterAll(() => service.stop());

const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  service.send(method, `/made${path}`, {
    headers: { authorization: '', 'made-tenant': service.tenantName, ...headers },
    ...(body ? { body } : {}),
  });
const login = async (secret: string, seconds = 600) =>
  (await send('POST', '/login', { secret, seconds })).body;
const bearing = (token: string) => ({ authorization: `Token ${token}` });
const reads = async (token: string, at = service) =>
  (
    await at.send('GET', `/made${read}`, {
      headers: { ...bearing(token), 'made-tenant': service.tenantName },
    })
  ).status;
const refused = (token: string, at = service) =>
  vi.waitUntil(async () => (await reads(token, at)) === 401, { timeout: 5000, interval: 10 });
const renew = async (refreshToken: string, onceExpired = false): Promise<Answer['body']> =>
  (await send('POST', '/renew', { refreshToken, ...(onceExpired ? { onceExpired } : {}) })).body;

describe('a session', () => {
  test('is opened without a credential, and its token stands for the key', async () => {
    const key = await service.withKey({ scopes: ['customer:read'] });
    const session = await login(key.secret);
    expect(session).toMatchObject({ keyId: key.keyId, tenantId: service.tenantId });
    expect(new Date(session['expiresAt']).getTime() - Date.now()).toBeLessThanOrEqual(600_000);
    expect(await reads(session['token'])).toBe(200);
    const write = await send('PATCH', read, { title: 'x' }, bearing(session['token']));
    expect(write.status).toBe(403);
  });

  test('is not opened by anything but a live key of this contract', async () => {
    const revoked = await service.withKey();
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
    const native = await service.withKey({ contract: 'native' });
    for (const secret of [revoked.secret, native.secret, 'x', '']) {
      expect((await send('POST', '/login', { secret, seconds: 60 })).status).toBe(401);
    }
    const made = await service.withKey({ contract: 'made' });
    expect(await reads((await login(made.secret))['token'])).toBe(200);
  });

  test('is named in the history by its key, and keeps the key’s bounds', async () => {
    const root = await service.create();
    const key = await service.withKey({ name: 'anna', customerId: root['id'] });
    const { token } = await login(key.secret);
    expect(await reads(token)).toBe(404);
    const answer = await send('PATCH', `/customers/${root['number']}/`, { title: 'x' }, bearing(token));
    expect(answer.status).toBe(200);
    const { body } = await service.get(`/v1/customers/${root['id']}/history?limit=1`);
    expect(body['entries'][0].principal).toBe('anna');
  });

  test('ends by itself', async () => {
    const { token } = await login(service.secret, 1);
    await refused(token);
  });

  test('ends with its key, within a second, though it is in constant use', async () => {
    const key = await service.withKey();
    const { token } = await login(key.secret);
    expect(await reads(token)).toBe(200);
    await service.app.database.inTenant(service.tenantId, (sql) =>
      revokeKey(sql, service.tenantId, key.keyId),
    );
    const began = performance.now();
    await refused(token);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('ends by logging out, within a second and in every process; another one of the same key goes on', async () => {
    const second = await startService({ contracts: everything, database: service.database });
    const [one, other] = [await login(service.secret), await login(service.secret)];
    expect([await reads(one['token']), await reads(one['token'], second)]).toEqual([200, 200]);
    expect((await send('POST', '/logout', undefined, bearing(one['token']))).status).toBe(204);
    const began = performance.now();
    await Promise.all([refused(one['token']), refused(one['token'], second)]);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(await reads(other['token'], second)).toBe(200);
    expect(await renew(one['refreshToken'])).toEqual({ kind: 'invalid' });
    await second.stop();
  });

  test('is not that of another tenant, and a token that was tampered with opens nothing', async () => {
    const other = await service.otherTenant();
    const { token } = await login(service.secret);
    const [head, claims = '', signature] = (token as string).split('.');
    const moved = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...moved, tenant: other.tenantId })).toString('base64url');
    expect(await reads(`${head}.${forged}.${signature}`)).toBe(401);
    // Whoever knows a session's names, but not the key that signs.
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const [, , foreign] = ((await login(other.secret))['token'] as string).split('.');
    for (const text of [`${head}.${claims}.${foreign}`, `${head}.${claims}.`, `${unsigned}.${claims}.`]) {
      expect(await reads(text), text).toBe(401);
    }
    expect(await reads(token)).toBe(200);
    const stranger = await send('GET', read, undefined, {
      ...bearing((await login(other.secret))['token']),
      'made-tenant': other.tenantName,
    });
    expect(stranger.status).toBe(404);
    expect(await reads(service.secret)).toBe(401);
    const asKey = madeHeaders({ ...service, secret: token });
    expect((await send('GET', read, undefined, asKey)).status).toBe(401);
  });

  test('may be a person’s beside a program’s key', async () => {
    const person = await service.withKey({ name: 'anna', scopes: ['customer:read'] });
    const { token } = await login(person.secret);
    const call = madeSender(service, service);
    const headers = { 'made-person': token };
    expect((await call('GET', read, { headers })).status).toBe(200);
    expect((await call('PATCH', read, { body: { title: 'x' }, headers })).status).toBe(403);
  });
});

describe('a refresh token', () => {
  test('opens the next session once, and shown again ends all that came of it', async () => {
    const first = await login(service.secret);
    const second = await renew(first['refreshToken']);
    expect(second['kind']).toBe('renewed');
    expect(await reads(second['session'].token)).toBe(200);
    expect(await reads(first['token'])).toBe(200);
    expect(await renew(first['refreshToken'])).toEqual({ kind: 'invalid' });
    await refused(second['session'].token);
    expect(await renew(second['session'].refreshToken)).toEqual({ kind: 'invalid' });
  });

  test('shown many times at once opens one session at most, which ends', async () => {
    const { refreshToken } = await login(service.secret);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => renew(refreshToken)));
    const renewed = outcomes.filter(({ kind }) => kind === 'renewed');
    expect(renewed).toHaveLength(1);
    await refused(renewed[0]?.['session'].token);
  });

  test.each(['the end of its session', 'a refresh token of before'])(
    'opens nothing that outlives %s, when the two meet',
    async (which) => {
      const first = await login(service.secret);
      const second = (await renew(first['refreshToken']))['session'];
      const row = 'SELECT 1 FROM session WHERE session_id = $1 FOR UPDATE';
      const lock = await holdLock(service.database, row, [second.sessionId]);
      const renewing = renew(second.refreshToken);
      await lock.awaited(1);
      const ending =
        which === 'the end of its session'
          ? send('POST', '/logout', undefined, bearing(second.token))
          : renew(first['refreshToken']);
      await lock.awaited(2);
      await lock.release();
      const { kind, session: third } = await renewing;
      await ending;
      expect(kind).toBe('renewed');
      await refused(third.token);
      expect(await renew(third.refreshToken)).toEqual({ kind: 'invalid' });
    },
  );

  test('may have to wait until its token is over', async () => {
    const { refreshToken, token } = await login(service.secret, 1);
    expect(await renew(refreshToken, true)).toEqual({ kind: 'early' });
    await refused(token);
    expect((await renew(refreshToken, true))['kind']).toBe('renewed');
  });

  test('is bound to its key: it ends with it', async () => {
    const key = await service.withKey();
    const { refreshToken } = await login(key.secret);
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [key.keyId]);
    expect(await renew(refreshToken)).toEqual({ kind: 'invalid' });
  });

  test('that is over, or none, opens nothing', async () => {
    const { refreshToken, sessionId } = await login(service.secret);
    const text = refreshToken as string;
    for (const wrong of ['', 'cusr_', `${text}0`, `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`]) {
      expect(await renew(wrong)).toEqual({ kind: 'invalid' });
    }
    await service.database.query('UPDATE session SET refresh_expires_at = now() WHERE session_id = $1', [
      sessionId,
    ]);
    expect(await renew(text)).toEqual({ kind: 'invalid' });
  });
});

test('nothing by which a session could be taken over lies in the database', async () => {
  const { token, refreshToken } = await login(service.secret);
  const rows = await service.database.query<{ row: string }>('SELECT s::text AS row FROM session s');
  expect(rows.length).toBeGreaterThan(0);
  const hidden = [token.split('.')[2], refreshToken, Buffer.from(refreshToken as string).toString('hex')];
  for (const { row } of rows) for (const text of hidden) expect(row).not.toContain(text);
});

test('sessions of which nothing is good any more are removed, and no others', async () => {
  const tenant = await service.otherTenant();
  const [over, renewable, live] = [
    await login(tenant.secret),
    await login(tenant.secret),
    await login(tenant.secret),
  ];
  const set = (column: string, id: string) =>
    service.database.query(`UPDATE session SET ${column} = now() WHERE session_id = $1`, [id]);
  await set('expires_at', over['sessionId']);
  await set('refresh_expires_at', over['sessionId']);
  await set('expires_at', renewable['sessionId']);
  await tidyTenant(service.app.database, tenant.tenantId);
  const rows = await service.database.query<{ id: string }>(
    'SELECT session_id AS id FROM session WHERE tenant_id = $1 ORDER BY 1',
    [tenant.tenantId],
  );
  expect(rows.map(({ id }) => id)).toEqual([renewable['sessionId'], live['sessionId']].sort());
});

test('row-level security keeps the sessions of tenants apart', async () => {
  await login(service.secret);
  const other = await service.otherTenant();
  const rows = await service.app.database.inTenant(other.tenantId, (sql) => sql('SELECT 1 FROM session'));
  expect(rows).toEqual([]);
});

test('a route that needs no credential is limited by the caller’s address', async () => {
  const limited = await startService({
    contracts: everything,
    database: service.database,
    settings: { RATE_LIMIT_ADDRESS_PER_MINUTE: '5' },
  });
  const tries = await Promise.all(
    Array.from({ length: 12 }, () =>
      limited.send('POST', '/made/login', { body: { secret: 'guess', seconds: 1 } }),
    ),
  );
  const statuses = tries.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
  expect(tries.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await limited.send('GET', `/made${read}`, { headers: madeHeaders(service) })).status).toBe(200);
  await limited.stop();
});

describe('customary token create', () => {
  const run = (words: string[]) =>
    commandIn({ DATABASE_URL: service.database.url })(['token', 'create', ...words]);

  test('makes a token of a live key, that the running service takes', async () => {
    const key = await service.withKey({ scopes: ['customer:read'] } satisfies KeyOptions);
    const made = jsonOf(await run(['--key', key.keyId, '--minutes', '5', '--json']));
    expect(made).toMatchObject({ key: key.keyId, tenant: service.tenantName });
    const minutes = (new Date(made['expiresAt']).getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(4.8);
    expect(minutes).toBeLessThanOrEqual(5);
    expect(await reads(made['token'])).toBe(200);
    const named = jsonOf(await run(['--key', key.keyId, '--tenant', service.tenantName, '--json']));
    expect(await reads(named['token'])).toBe(200);
  });

  test('makes none of a key that is not live, or for too long', async () => {
    const revoked = await service.withKey();
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
    expect((await run(['--key', revoked.keyId])).code).toBe(3);
    expect((await run(['--key', 'key_unknown', '--json'])).code).toBe(3);
    for (const minutes of ['0', '1441', 'x', '1.5']) {
      expect((await run(['--key', service.keyId, '--minutes', minutes])).code, minutes).toBe(2);
    }
  });
});
