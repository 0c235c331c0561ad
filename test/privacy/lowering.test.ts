import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const why = { 'customary-reason': 'Asked for in writing' };
const hidden = /Ada|1970-02-03|ada@example|Pin-1234/;
const scopes: Scope[] = [
  'customer:read',
  'customer:list',
  'customer:write',
  'history:read',
  'privacy:manage',
];
const dry = '?dryRun=true';

let service: TestService;
let officer: Client;
let reader: Client;
beforeAll(async () => {
  service = await startService();
  officer = await service.withKey({ name: 'officer', scopes });
  reader = await service.withKey({ name: 'all', scopes: [...scopes, 'personal:read'] });
});
afterAll(() => service.stop());

/** A customer that was raised to a level by its second version. */
const raised = async (protectionLevel: number): Promise<string> => {
  const data = { kind: 'person', name: 'Ada', birthDate: '1970-02-03', email: 'ada@example.org' };
  const { id } = await service.create({ ...data, securityPin: 'Pin-1234' });
  await service.patch(id, { protectionLevel }, { ...why, prefer: 'return=minimal' });
  return id;
};

/** Who was shown what, but for what the tests' own key wrote. */
const shown = async (id: string): Promise<string[]> => {
  const { body } = await service.get(`/v1/customers/${id}/accesses`);
  return (body['accesses'] as { kind: string; principal: string; fields: string[] }[])
    .filter(({ kind }) => kind === 'read')
    .map(({ principal, fields }) => `${principal}: ${fields.join()}`);
};

const batchOf = (id: string, body: object) => ({
  body: { changes: [{ op: 'mergePatch', id, body }] },
  headers: why,
});

const dryRuns: Record<string, (client: Client, id: string) => Promise<Answer>> = {
  'a change of the level': (client, id) => client.patch(id, { protectionLevel: 1 }, why, dry),
  'a change of the level and a member': (client, id) =>
    client.jsonPatch(id, [{ op: 'replace', path: '/protectionLevel', value: 2 }], why, dry),
  'an undo of the raise': (client, id) =>
    client.send('POST', `/v1/customers/${id}/history/2/undo${dry}`, { headers: why }),
  'a batch': (client, id) =>
    client.send('POST', `/v1/customers/batch${dry}`, batchOf(id, { protectionLevel: 1 })),
};

test.each(Object.keys(dryRuns))('a dry run of %s shows what is seen now, not what would be', async (name) => {
  const dryRun = dryRuns[name] as (typeof dryRuns)[string];
  const id = await raised(3);
  const answer = await dryRun(officer, id);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('/protectionLevel');
  expect(answer.text).not.toMatch(hidden);
  expect(await shown(id)).toEqual([]);
});

test('a dry run that lowers shows who sees the record what it saw, and is written down', async () => {
  const id = await raised(3);
  const answer = await reader.patch(id, { protectionLevel: 1 }, why, dry);
  expect(answer.body['customer']).toMatchObject({ name: 'Ada', protectionLevel: 1 });
  expect(await shown(id)).toEqual(['all: birthDate,email,name,securityPin']);
});

test('a dry run that lifts a restriction shows nothing to who reads all others', async () => {
  const id = await raised(4);
  const answer = await reader.send('DELETE', `/v1/customers/${id}/restriction${dry}`, { headers: why });
  expect(answer.body['customer']).toMatchObject({ protectionLevel: 1 });
  expect(await shown(id)).toEqual(['all: birthDate,email,name,securityPin']);
  const mere = await officer.send('DELETE', `/v1/customers/${id}/restriction${dry}`, { headers: why });
  expect(mere.text).not.toContain('Pin-1234');
});

test('before-values of a dry run that lowers are as hidden as before', async () => {
  const id = await raised(3);
  const writer = await service.withKey({ name: 'blind', scopes: [...scopes, 'personal:write'] });
  const change = { protectionLevel: 1, birthDate: '1980-01-01' };
  const batch = await writer.send('POST', `/v1/customers/batch${dry}`, batchOf(id, change));
  expect(batch.body['outcomes'][0].changes).toContainEqual({ path: '/birthDate' });
  expect(batch.text).not.toMatch(hidden);
  const alone = await writer.patch(id, change, why, dry);
  expect(alone.text).not.toMatch(hidden);
});

test('a change that lowers and shows the record is written down, and hidden again where it is kept', async () => {
  const id = await raised(3);
  const key = { ...why, 'idempotency-key': `lower-${id}` };
  const answer = await officer.patch(id, { protectionLevel: 1 }, key);
  expect(answer.body).toMatchObject({ name: 'Ada', protectionLevel: 1 });
  expect(await shown(id)).toEqual(['officer: birthDate,email,name']);
  await service.patch(id, { protectionLevel: 3 }, { ...why, prefer: 'return=minimal' });
  expect((await officer.patch(id, { protectionLevel: 1 }, key)).status).toBe(403);
});
