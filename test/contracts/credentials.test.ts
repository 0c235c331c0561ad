import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { type MadeCaller, madeHeaders, madeSender } from '../support/made-client.ts';
import { madeUp } from '../support/made-up.ts';
import { type KeyOptions, startService, type TestService } from '../support/service.ts';

let service: TestService;
let read: string;
let id: string;
beforeAll(async () => {
  service = await startService({ contracts: [...contracts, madeUp] });
  const customer = await service.create();
  id = customer['id'];
  read = `/customers/${customer['number']}/`;
});
afterAll(() => service.stop());

const withHeaders = (headers: Record<string, string>, path = read) =>
  service.send('GET', `/made${path}`, { headers });
const caller = async (key?: KeyOptions): Promise<MadeCaller> => ({
  ...(await service.withKey(key)),
  tenantName: service.tenantName,
});

describe('a key with its id and its tenant’s name', () => {
  test('opens when all of them agree', async () => {
    expect((await withHeaders(madeHeaders(service))).status).toBe(200);
  });

  test('opens nothing when one of them is another’s, or wrong', async () => {
    const [other, second] = [await service.otherTenant(), await caller()];
    const wrong: MadeCaller[] = [
      { ...service, keyId: second.keyId },
      { ...service, secret: second.secret },
      { ...service, secret: other.secret },
      { ...service, tenantName: other.tenantName },
      { ...other, tenantName: service.tenantName },
      { ...service, keyId: '' },
      { ...service, tenantName: '' },
      { ...service, secret: '' },
    ];
    for (const one of wrong) {
      const answer = await withHeaders({ ...madeHeaders(one), 'made-tenant': service.tenantName });
      expect([answer.status, answer.body['faults']]).toEqual([
        401,
        [{ pointer: '', rule: 'invalid', detail: 'The API key is not valid' }],
      ]);
    }
  });

  test('that is revoked opens nothing', async () => {
    const key = await caller();
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [key.keyId]);
    expect((await withHeaders(madeHeaders(key))).status).toBe(401);
  });

  test('that is of another contract is refused', async () => {
    const key = await caller({ contract: 'native' });
    const answer = await withHeaders(madeHeaders(key));
    expect([answer.status, answer.body['faults'][0].rule]).toEqual([403, 'contract']);
    expect((await withHeaders(madeHeaders(await caller({ contract: 'made' })))).status).toBe(200);
  });
});

test('that nothing was sent is told apart from something wrong', async () => {
  const tenant = { 'made-tenant': service.tenantName };
  const rule = async (headers: Record<string, string>) => {
    const answer = await fetch(`${service.address}/made${read}`, { headers: { ...tenant, ...headers } });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="made"');
    return ((await answer.json()) as { faults: { rule: string }[] }).faults[0]?.rule;
  };
  expect(await rule({})).toBe('missing');
  expect(await rule({ authorization: 'Bearer x' })).toBe('invalid');
  expect(await rule({ authorization: 'Basic !' })).toBe('invalid');
});

test('a contract may want more of an authenticated request, and of no other', async () => {
  const { 'made-tenant': _tenant, ...headers } = madeHeaders(service);
  expect((await withHeaders(headers)).status).toBe(400);
  const { tenantName } = await service.otherTenant();
  expect((await withHeaders({ ...headers, 'made-tenant': tenantName })).status).toBe(403);
  const unknown = madeHeaders({ ...service, secret: 'x' });
  expect((await withHeaders({ authorization: unknown['authorization'] as string })).status).toBe(401);
});

describe('a person beside a program', () => {
  const as = async (program: KeyOptions, person: KeyOptions) => {
    const send = madeSender(service, await caller(program));
    const { secret } = await service.withKey(person);
    return (method: string, path = read, body?: object) =>
      send(method, path, { headers: { 'made-person': secret }, ...(body ? { body } : {}) });
  };

  test('may do what both may, and nothing more', async () => {
    const scopes = { reads: ['customer:read'], writes: ['customer:read', 'customer:write'] } as const;
    const both = async (program: KeyOptions, person: KeyOptions) => {
      const send = await as(program, person);
      return [(await send('GET')).status, (await send('PATCH', read, { title: 'A' })).status];
    };
    const [reads, writes] = [{ scopes: scopes.reads }, { scopes: scopes.writes }];
    expect(await both(writes, writes)).toEqual([200, 200]);
    expect(await both(writes, reads)).toEqual([200, 403]);
    expect(await both(reads, writes)).toEqual([200, 403]);
    expect(await both(writes, { scopes: ['customer:write'] })).toEqual([403, 200]);
  });

  test('sees the customers that both see, and none where that is nobody', async () => {
    const make = async (parentId?: string) =>
      service.create({ kind: 'person', ...(parentId ? { parentId } : {}) });
    const top = await make();
    const middle = await make(top['id']);
    const leaf = await make(middle['id']);
    const apart = await make();
    const seen = async (program: string | undefined, person: string | undefined) => {
      const bound = (customerId?: string): KeyOptions => (customerId ? { customerId } : {});
      const send = await as(bound(program), bound(person));
      const statuses = [top, middle, leaf, apart].map(({ number }) => send('GET', `/customers/${number}/`));
      return (await Promise.all(statuses)).map(({ status }) => status === 200);
    };
    const [all, fromMiddle, onlyLeaf] = [
      [true, true, true, true],
      [false, true, true, false],
      [false, false, true, false],
    ];
    expect(await seen(undefined, undefined)).toEqual(all);
    expect(await seen(middle['id'], undefined)).toEqual(fromMiddle);
    expect(await seen(undefined, middle['id'])).toEqual(fromMiddle);
    expect(await seen(middle['id'], middle['id'])).toEqual(fromMiddle);
    expect(await seen(top['id'], middle['id'])).toEqual(fromMiddle);
    expect(await seen(leaf['id'], top['id'])).toEqual(onlyLeaf);
    expect(await seen(middle['id'], apart['id'])).toEqual([false, false, false, false]);
    expect(await seen(apart['id'], middle['id'])).toEqual([false, false, false, false]);
  });

  test('makes no customer where the two see nothing in common', async () => {
    const [one, other] = [await service.create(), await service.create()];
    const send = await as({ customerId: one['id'] }, { customerId: other['id'] });
    for (const parent of [one['number'], other['number'], null]) {
      const answer = await send('POST', '/customers/', { title: 'Astray', parent });
      expect([answer.status, answer.body['faults'][0].pointer]).toEqual([422, '/parent']);
    }
  });

  test('of another tenant, revoked, or of another contract opens nothing', async () => {
    const { secret, tenantId } = await service.otherTenant();
    const key = await service.withKey({ tenantId });
    const revoked = await service.withKey();
    await service.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
    const bound = await service.withKey({ contract: 'native' });
    const status = async (person: string) =>
      (await withHeaders({ ...madeHeaders(service), 'made-person': person })).status;
    expect(await Promise.all([secret, key.secret, revoked.secret, 'x', ''].map(status))).toEqual([
      401, 401, 401, 401, 401,
    ]);
    expect(await status(bound.secret)).toBe(403);
  });

  test('stands in the history with the program', async () => {
    const send = await as({ name: 'shop' }, { name: 'anna' });
    await send('PATCH', read, { title: 'By both' });
    const { body } = await service.get(`/v1/customers/${id}/history?limit=1`);
    expect(body['entries'][0]).toMatchObject({ principal: 'shop\tanna', contract: 'made' });
  });

  test('has idempotency keys of its own', async () => {
    const [shop, anna] = [await caller({ name: 'shop' }), await service.withKey({ name: 'anna' })];
    const send = (person: Record<string, string>) =>
      madeSender(service, shop)('POST', '/customers/', {
        body: { title: 'Once' },
        headers: { 'x-made-key': 'the same', ...person },
      });
    const alone = await send({});
    const together = await send({ 'made-person': anna.secret });
    expect([alone.status, together.status]).toEqual([201, 201]);
    expect(together.body['number']).not.toBe(alone.body['number']);
  });
});
