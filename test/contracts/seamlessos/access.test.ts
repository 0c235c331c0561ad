import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { errorOf, type Sender, seamlessosSender, userToken } from './client.ts';

let service: TestService;
let send: Sender;
let id: string;
beforeAll(async () => {
  service = await startService();
  send = seamlessosSender(service);
  id = (await service.create({ kind: 'person', name: 'Ada', protectionLevel: 1 }))['id'];
});
afterAll(() => service.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('an API key', () => {
  test('opens in any case of the header’s name', async () => {
    for (const name of ['X-API-Key', 'x-api-key', 'X-Api-Key', 'X-API-KEY']) {
      const answer = await fetch(`${service.address}/seamlessos/customers/${id}`, {
        headers: { [name]: service.secret },
      });
      expect(answer.status, name).toBe(200);
    }
  });

  test('missing or unknown is 401 with what to do', async () => {
    for (const [key, code] of [
      ['', 'FIELD_REQUIRED'],
      ['unknown', 'INVALID_VALUE'],
    ] as const) {
      const answer = await send('GET', `/${id}`, { headers: { 'x-api-key': key } });
      expect(errorOf(answer)).toEqual([401, 'UNAUTHORIZED', [`${code} `]]);
      expect(answer.body['hint']).toContain('X-API-Key');
      expect(answer.headers.get('www-authenticate')).toContain('X-API-Key');
    }
  });

  test('that lacks a permission is 403', async () => {
    const reader = seamlessosSender(await service.withKey({ scopes: ['customer:read'] }));
    expect((await reader('GET', `/${id}`)).status).toBe(200);
    const answer = await reader('PATCH', `/${id}`, { body: { name: 'No' } });
    expect(errorOf(answer).slice(0, 2)).toEqual([403, 'FORBIDDEN']);
  });

  test('is limited by itself: 429 with Retry-After', async () => {
    const limited = await startService({ settings: { RATE_LIMIT_KEY_PER_SECOND: '3' } });
    const one = seamlessosSender(limited);
    const answers = await Promise.all(Array.from({ length: 20 }, () => one('GET', '?limit=1')));
    const refused = answers.find(({ status }) => status === 429);
    const other = await seamlessosSender(await limited.withKey())('GET', '?limit=1');
    await limited.stop();
    expect(refused && errorOf(refused)).toEqual([429, 'RATE_LIMIT_EXCEEDED', []]);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(other.status).toBe(200);
  });
});

describe('a user’s token beside the key', () => {
  test('may do what both may, and nothing more', async () => {
    const writes = ['customer:read', 'customer:write'] as const;
    const reads = ['customer:read'] as const;
    const statuses = async (key: readonly string[], user: readonly string[]) => {
      const program = seamlessosSender(await service.withKey({ scopes: key as typeof writes }));
      const headers = bearer(await userToken(service, { scopes: user as typeof writes }));
      const write = await program('PATCH', `/${id}`, { body: { name: 'Ada' }, headers });
      return [(await program('GET', `/${id}`, { headers })).status, write.status];
    };
    expect(await statuses(writes, writes)).toEqual([200, 200]);
    expect(await statuses(writes, reads)).toEqual([200, 403]);
    expect(await statuses(reads, writes)).toEqual([200, 403]);
  });

  test('of a limited user shows only the customers that are assigned to it', async () => {
    const assigned = (await service.create({ kind: 'person', name: 'Assigned' }))['id'];
    const headers = bearer(await userToken(service, { customerId: assigned }));
    const shown = async (path: string) => send('GET', path, { headers });
    expect((await shown(`/${assigned}`)).status).toBe(200);
    expect((await shown(`/${id}`)).text).toBe((await shown('/018f0000-0000-7000-8000-000000000000')).text);
    const { items, pagination } = (await shown('')).body;
    expect([items.map((one: { customerId: string }) => one.customerId), pagination.total]).toEqual([
      [assigned],
      1,
    ]);
    const write = await send('PATCH', `/${id}`, { body: { name: 'No' }, headers });
    expect(errorOf(write)).toEqual([404, 'NOT_FOUND', []]);
  });

  test('stands in the history with the key', async () => {
    const headers = bearer(await userToken(service, { name: 'anna' }));
    await send('PATCH', `/${id}`, { body: { name: 'By both' }, headers });
    const { body } = await service.get(`/v1/customers/${id}/history?limit=1`);
    expect(body['entries'][0].principal).toBe('main\tanna');
  });

  test('opens nothing alone, as another scheme, ended, or of another tenant', async () => {
    const token = await userToken(service, { name: 'ended' });
    const alone = await send('GET', `/${id}`, { headers: { 'x-api-key': '', ...bearer(token) } });
    const { tenantId } = await service.otherTenant();
    const foreign = await userToken(service, { tenantId });
    await service.database.query('UPDATE session SET expires_at = now() WHERE tenant_id = $1', [
      service.tenantId,
    ]);
    const others = [
      bearer(token),
      bearer(foreign),
      bearer('a.b.c'),
      bearer(service.secret),
      { authorization: 'Basic YTpi' },
    ];
    expect(errorOf(alone)).toEqual([401, 'UNAUTHORIZED', ['FIELD_REQUIRED ']]);
    for (const headers of others) {
      const answer = await send('GET', `/${id}`, { headers });
      expect(errorOf(answer)).toEqual([401, 'UNAUTHORIZED', ['INVALID_VALUE Authorization']]);
      expect([answer.body['message'], answer.body['hint']]).toEqual([
        'The token in Authorization is not valid',
        expect.stringContaining('Authorization: Bearer'),
      ]);
    }
  });
});

describe('a protected customer', () => {
  const personal = {
    kind: 'person',
    name: 'Secret Name',
    identifiers: { nationalId: '18151210-1234' },
    email: 'secret@example.org',
    phone: '+46701740630',
    billing: { method: 'email', email: 'secret@example.org', currency: 'SEK' },
    addresses: [{ purpose: 'shipping', fullName: 'Secret Name', line1: 'Secret Street 1', country: 'SE' }],
    metadata: { secret: true },
    extensions: { seamlessos: { users: [{ userId: 'secret' }] } },
  };

  test.each([
    [2, '***'],
    [3, undefined],
  ])(
    'at level %i is masked for whoever may not see it, and a PUT of what GET gave loses nothing',
    async (level, shown) => {
      const one = (
        await service.create({ ...personal, protectionLevel: level }, { 'customary-reason': 'A test' })
      )['id'];
      const scopes = ['customer:read', 'customer:write'] as const;
      const blind = seamlessosSender(await service.withKey({ scopes }));
      const { body, text } = await blind('GET', `/${one}`);
      expect(text).not.toMatch(/secret/i);
      expect([body['name'], body['identity'], body['contact']?.email]).toEqual([shown, shown, shown]);
      const before = await service.get(`/v1/customers/${one}`);
      const { status } = await blind('PUT', `/${one}`, { body });
      expect([status, (await service.get(`/v1/customers/${one}`)).text]).toEqual([200, before.text]);
      const locale = await blind('PATCH', `/${one}`, { body: { preferredLocale: 'sv-SE' } });
      expect(locale.status).toBe(200);
      const refused = await blind('PATCH', `/${one}`, { body: { contact: { email: 'other@example.org' } } });
      expect(errorOf(refused)).toEqual([403, 'FORBIDDEN', ['INVALID_VALUE contact.email']]);
    },
  );
});
