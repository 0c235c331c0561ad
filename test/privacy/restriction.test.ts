import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let officer: Client;
let clerk: Client;
beforeAll(async () => {
  service = await startService();
  officer = await service.withKey({ name: 'officer', scopes: ['privacy:manage'] });
  const all: Scope[] = ['customer:read', 'customer:write', 'history:read', 'personal:read', 'personal:write'];
  clerk = await service.withKey({ scopes: all });
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'The accuracy was checked' };
const at = (id: string) => `/v1/customers/${id}/restriction`;
const restrict = (id: string, client: Client = officer, headers = {}): Promise<Answer> =>
  client.send('PUT', at(id), { body: { reason: 'The accuracy is contested' }, headers });
const lift = (id: string, headers: Record<string, string> = why): Promise<Answer> =>
  officer.send('DELETE', at(id), { headers });
const person = async (protectionLevel = 1): Promise<string> =>
  (await service.create({ kind: 'person', name: 'Ada Lovelace', protectionLevel }, why))['id'];

describe('a restriction', () => {
  test.each([1, 2, 3])(
    'hides a record of level %i from all but the officer until it is lifted',
    async (level) => {
      const id = await person(level);
      const before = await clerk.get(`/v1/customers/${id}`);
      const restricted = await restrict(id);
      expect(restricted.status).toBe(200);
      expect(restricted.headers.get('etag')).toBe('"2"');
      const hidden = await clerk.get(`/v1/customers/${id}`);
      expect(hidden.body).toMatchObject({ protectionLevel: 4, version: 2 });
      expect(hidden.body).not.toHaveProperty('name');
      expect((await clerk.patch(id, { name: 'Other' }, why)).status).toBe(403);
      expect((await lift(id)).status).toBe(200);
      const { version: _v, updatedAt: _u, ...after } = (await clerk.get(`/v1/customers/${id}`)).body;
      expect(before.body).toMatchObject(after);
      expect(after['protectionLevel']).toBe(level);
    },
  );

  test('is told with when, by whom, why and the level that comes back', async () => {
    const id = await person(2);
    expect((await officer.get(at(id))).body).toEqual({ restricted: false });
    const { body } = await restrict(id, service);
    await service.patch(id, { status: 'suspended' }, why);
    expect((await officer.get(at(id))).body).toEqual({
      restricted: true,
      since: body['updatedAt'],
      version: 2,
      principal: 'main',
      contract: 'native',
      reason: 'The accuracy is contested',
      levelBefore: 2,
    });
  });

  test('stands in the history with its reason, and so does its end', async () => {
    const id = await person();
    await restrict(id);
    await lift(id);
    const { entries } = (await service.get(`/v1/customers/${id}/history`)).body;
    expect(entries.slice(0, 2)).toMatchObject([
      {
        operation: 'customer.lift-restriction',
        principal: 'officer',
        reason: 'The accuracy was checked',
        changes: [{ path: '/protectionLevel', before: 4, after: 1 }],
      },
      {
        operation: 'customer.restrict',
        principal: 'officer',
        reason: 'The accuracy is contested',
        changes: [{ path: '/protectionLevel', before: 1, after: 4 }],
      },
    ]);
  });

  test('is found behind many later changes, and one of the creation comes down to level 3', async () => {
    const id = await person(2);
    await service.patch(id, { protectionLevel: 4 }, why);
    await Promise.all(
      Array.from({ length: 70 }, (_, index) => service.patch(id, { source: `source ${index}` })),
    );
    expect((await officer.get(at(id))).body).toMatchObject({ restricted: true, version: 2, levelBefore: 2 });
    await lift(id);
    expect((await service.get(`/v1/customers/${id}`)).body['protectionLevel']).toBe(2);
    const born = await person(4);
    expect((await officer.get(at(born))).body).toMatchObject({
      restricted: true,
      version: 1,
      levelBefore: 3,
    });
    await lift(born);
    expect((await service.get(`/v1/customers/${born}`)).body['protectionLevel']).toBe(3);
  });

  test('changes nothing where it stands already, or where there is none to lift', async () => {
    const id = await person();
    await restrict(id);
    expect((await restrict(id)).headers.get('etag')).toBe('"2"');
    await lift(id);
    expect((await lift(id)).headers.get('etag')).toBe('"3"');
  });

  test('obeys If-Match, Idempotency-Key and dryRun like every change', async () => {
    const id = await person();
    expect((await restrict(id, officer, { 'if-match': '"7"' })).status).toBe(412);
    const dry = await officer.send('PUT', `${at(id)}?dryRun=true`, { body: { reason: 'Asked' } });
    expect(dry.body['changes']).toEqual([{ path: '/protectionLevel', before: 1, after: 4 }]);
    const key = { 'idempotency-key': `restrict-${id}`, 'if-match': '"1"' };
    const first = await restrict(id, officer, key);
    await lift(id);
    const again = await restrict(id, officer, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(first.text);
    expect((await officer.get(at(id))).body).toEqual({ restricted: false });
  });

  test('wants a reason that says something', async () => {
    const id = await person();
    for (const body of [{}, { reason: ' ' }, { reason: 'x'.repeat(1001) }, { reason: 'x', more: 1 }]) {
      expect((await officer.send('PUT', at(id), { body })).status).toBe(422);
    }
    expect((await officer.get(at(id))).body).toEqual({ restricted: false });
  });
});

describe('nothing lifts a restriction without a reason', () => {
  const keypro = async (id: string, method: string, restricted_type: number, headers = {}) => {
    const { number } = (await service.get(`/v1/customers/${id}`)).body;
    return service.send(method, `/keypro/api/v2/customers/${number}/`, {
      body: { restricted_type },
      headers: { authorization: `Token ${service.secret}`, ...headers },
    });
  };
  const batch = (id: string, item: object, headers = {}) =>
    service.send('POST', '/v1/customers/batch', { body: { changes: [{ id, ...item }] }, headers });
  type Way = (id: string, headers?: Record<string, string>) => Promise<Answer>;
  const ways: [string, Way][] = [
    ['DELETE …/restriction', (id, headers = {}) => lift(id, headers)],
    ['a merge patch', (id, headers) => service.patch(id, { protectionLevel: 1 }, headers)],
    [
      'a JSON Patch',
      (id, headers) =>
        service.jsonPatch(id, [{ op: 'replace', path: '/protectionLevel', value: 1 }], headers),
    ],
    [
      'a PUT',
      (id, headers) => service.put(id, { kind: 'person', name: 'Ada Lovelace', protectionLevel: 1 }, headers),
    ],
    [
      'an undo',
      (id, headers) => service.send('POST', `/v1/customers/${id}/history/2/undo`, { headers: headers ?? {} }),
    ],
    ['a batch', (id, headers) => batch(id, { op: 'mergePatch', body: { protectionLevel: 1 } }, headers)],
    ['a PATCH of restricted_type', (id, headers) => keypro(id, 'PATCH', 1, headers)],
  ];
  test.each(ways)('%s', async (_name, way) => {
    const id = await person();
    await restrict(id);
    const statusOf = (answer: Answer) => answer.body['outcomes']?.[0].status ?? answer.status;
    expect(statusOf(await way(id))).toBe(403);
    expect((await officer.get(at(id))).body['restricted']).toBe(true);
    expect(statusOf(await way(id, why))).toBe(200);
    expect((await officer.get(at(id))).body).toEqual({ restricted: false });
  });
});
