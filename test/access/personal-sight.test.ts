import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import type { Answer, Client } from '../support/client.ts';
import { fullCustomer, marks } from '../support/full-customer.ts';
import { startService, type TestService } from '../support/service.ts';

const reason = { 'customary-reason': 'Zpersonal reason' };
const ordinary: Scope[] = ['customer:read', 'customer:list', 'customer:write', 'history:read'];
const personal = ['personal:read', 'personal:write', 'privacy:manage'] as const;
const levels = [1, 2, 3, 4] as const;
/** Every combination of the three scopes of personal data. */
const rights = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => personal.filter((_, index) => bits & (1 << index)));

type Sight = 'shown' | 'masked' | 'hidden';

/** The rules as the documentation has them, said again. */
const sightAt = (level: number, scopes: readonly string[]): Sight => {
  if (level === 4) return scopes.includes('privacy:manage') ? 'shown' : 'hidden';
  if (level === 1 || scopes.includes('personal:read')) return 'shown';
  return level === 2 ? 'masked' : 'hidden';
};
const secretSightAt = (level: number, scopes: readonly string[]): Sight => {
  const sight = sightAt(level, scopes);
  return sight === 'shown' && !scopes.includes('personal:read') ? 'masked' : sight;
};

let service: TestService;
const ids = new Map<number, string>();
const originals = new Map<number, Answer['body']>();
beforeAll(async () => {
  service = await startService();
  for (const level of levels) {
    const made = await service.create(fullCustomer({ protectionLevel: level }), reason);
    ids.set(level, made['id']);
    originals.set(level, made);
  }
});
afterAll(() => service.stop());

const expectSight = (text: string, level: number, scopes: readonly string[], what: string): void => {
  const shown = sightAt(level, scopes) === 'shown';
  expect(text.includes(marks.open), `${what}: open members`).toBe(true);
  expect(text.includes(marks.personal), `${what}: personal members`).toBe(shown);
  expect(text.includes(marks.date), `${what}: dates`).toBe(shown);
  expect(text.includes(marks.secret), `${what}: secrets`).toBe(secretSightAt(level, scopes) === 'shown');
};

describe.each(rights)('a key with [%s, %s, %s]', (...given) => {
  const scopes = given.filter((scope) => scope !== undefined);
  let key: Client;
  beforeAll(async () => {
    key = await service.withKey({ scopes: [...ordinary, ...scopes] });
  });

  test.each(levels)('sees of level %i what it may, wherever it looks', async (level) => {
    const id = ids.get(level) as string;
    const at = `/v1/customers/${id}`;
    const look = (path: string) => key.get(path).then(({ text }) => text);
    expectSight(await look(at), level, scopes, 'get');
    expectSight(await look(`${at}?asOf=1`), level, scopes, 'as of');
    const { entries } = (await key.get(`${at}/history`)).body;
    const changes = entries.map((entry: object) => ({ ...entry, reason: null }));
    expectSight(JSON.stringify(changes), level, scopes, 'history');
    // Whoever judges reasons sees them without the members.
    const judges = scopes.includes('privacy:manage') || sightAt(level, scopes) === 'shown';
    expect(entries[0].reason).toBe(judges ? reason['customary-reason'] : null);
    expectSight(
      await look(
        `/v1/customers?sort=-number&limit=1&externalIds.ZopenName=zopen&number=${originals.get(level)!['number']}`,
      ),
      level,
      scopes,
      'list',
    );
    const dryRun = await key.patch(id, { status: 'closed' }, reason, '?dryRun=true');
    expectSight(dryRun.text, level, scopes, 'dry run');
    const dryDelete = await service.withKey({ scopes: [...scopes, 'customer:delete'] });
    const deleted = await dryDelete.send('DELETE', `${at}?dryRun=true`);
    expect(deleted.text.includes(marks.personal)).toBe(false);
  });

  test.each(levels)('sees of level %i each member shown, masked or not at all', async (level) => {
    const { body } = await key.get(`/v1/customers/${ids.get(level)}`);
    const look = (sight: Sight, value: string) =>
      sight === 'shown' ? value : sight === 'masked' ? '***' : undefined;
    const sight = sightAt(level, scopes);
    expect(body['name']).toBe(look(sight, marks.personal));
    expect(body['contacts'][0].lastName).toBe(look(sight, marks.personal));
    expect(body['addresses'][0].city).toBe(look(sight, marks.personal));
    expect(body['identifiers'].taxId).toBe(look(sight, marks.personal));
    expect(body['billing'].name).toBe(look(sight, marks.personal));
    expect(body['billing'].currency).toBe('EUR');
    expect(body['protectionLevel']).toBe(level);
    expect(body['securityPin']).toBe(look(secretSightAt(level, scopes), marks.secret));
    expect(body['registrationCode']).toBe(
      look(secretSightAt(level, scopes), originals.get(level)!['registrationCode']),
    );
  });

  test.each(levels)('puts back what it got of level %i, and nothing changes', async (level) => {
    const id = ids.get(level) as string;
    const before = (await service.get(`/v1/customers/${id}`)).text;
    const got = (await key.get(`/v1/customers/${id}`)).body;
    const put = await key.put(id, got, reason);
    expect(put.status).toBe(200);
    expect(put.headers.get('etag')).toBe('"1"');
    const { contacts, addresses, identifiers, securityPin } = got;
    const patched = await key.patch(id, {
      contacts,
      addresses,
      identifiers,
      ...(securityPin ? { securityPin } : {}),
    });
    expect(patched.status).toBe(200);
    expect((await service.get(`/v1/customers/${id}`)).text).toBe(before);
    expect((await service.get(`/v1/customers/${id}/history`)).body['entries']).toHaveLength(1);
  });

  test.each(levels)('changes an open member of level %i and leaves what it does not see', async (level) => {
    const {
      id,
      version: _v,
      number: _n,
      ...data
    } = await service.create(fullCustomer({ protectionLevel: level }), reason);
    const got = (await key.get(`/v1/customers/${id}`)).body;
    const put = await key.put(id, { ...got, source: 'Zopen changed' });
    expect(put.status).toBe(200);
    expectSight(put.text, level, scopes, 'the answer to a change');
    const now = (await service.get(`/v1/customers/${id}`)).body;
    expect(now).toMatchObject({ ...data, source: 'Zopen changed', updatedAt: now['updatedAt'] });
    const history = await service.get(`/v1/customers/${id}/history`);
    expect(history.body['entries'][0].changes).toEqual([
      { path: '/source', before: marks.open, after: 'Zopen changed' },
    ]);
  });

  test.each(levels)('finds by personal members at level %i only what it sees', async (level) => {
    const word = `Finder${level}${scopes.length}${scopes.join('').replace(/\W/g, '')}`;
    await service.create(
      { name: word, email: `${word}@example.org`, source: 'Zopen', protectionLevel: level },
      reason,
    );
    for (const filter of [`name=${word}`, `email=${word}@example.org`]) {
      const { body } = await key.get(`/v1/customers?${filter}`);
      expect(body['customers'], filter).toHaveLength(sightAt(level, scopes) === 'hidden' ? 0 : 1);
    }
  });
});
