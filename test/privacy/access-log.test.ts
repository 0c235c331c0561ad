import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { startReceiver } from '../support/receiver.ts';
import { ended, later } from '../support/requests.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';
import { makeWebhook, toLoopback } from '../support/webhooks.ts';

let service: TestService;
let rewrite = (text: string): string => text;
beforeAll(async () => {
  service = await startService({ settings: toLoopback, rewriteSql: (text) => rewrite(text) });
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'the doctor called' };
const ada = { name: 'Ada Lovelace', email: 'ada@example.org', securityPin: 'Pin-1234', source: 'open' };
const protectedOne = async (over: object = {}): Promise<string> =>
  (await service.create({ ...ada, protectionLevel: 3, ...over }, why))['id'];

/** What the access log says of a customer, the oldest first, as `kind operation members`. */
const said = async (id: string): Promise<string[]> =>
  (await accesses(id)).map(({ kind, operation, fields }) => `${kind} ${operation} ${fields.join()}`);

const accesses = async (id: string, query = ''): Promise<Record<string, any>[]> => {
  const answer = await service.get(`/v1/customers/${id}/accesses${query}`);
  expect(answer.status).toBe(200);
  return answer.body['accesses'].toReversed();
};

test('an entry says who was shown or changed what, when, through what and why; the reason is sealed and ends with the customer', async () => {
  const id = await protectedOne();
  const reader = await service.withKey({ name: 'desk', scopes: ['customer:read', 'personal:read'] });
  const before = Date.now();
  await reader.get(`/v1/customers/${id}?fields=name,source`, { ...why, 'x-request-id': `r-${id}` });
  const entries = await accesses(id);
  const made = entries.find(({ kind }) => kind === 'write');
  const [answered, read] = entries.filter(({ kind }) => kind === 'read');
  expect(made).toMatchObject({
    kind: 'write',
    operation: 'createCustomer',
    version: 1,
    fields: ['email', 'name', 'securityPin'],
  });
  expect(answered).toMatchObject({ kind: 'read', principal: 'main' });
  expect(read).toEqual({
    id: expect.any(String),
    occurredAt: expect.any(String),
    kind: 'read',
    customerId: id,
    version: 1,
    principal: 'desk',
    contract: 'native',
    operation: 'getCustomer',
    requestId: `r-${id}`,
    fields: ['name'],
    reason: 'the doctor called',
  });
  expect(Math.abs(Date.parse(read?.['occurredAt']) - before)).toBeLessThan(60_000);
  const rows = await service.database.query<{ row: string; reason: Buffer }>(
    'SELECT a::text AS row, reason FROM access_log a WHERE customer_id = $1',
    [id],
  );
  for (const { row, reason } of rows) {
    expect(row).not.toMatch(/Lovelace|ada@|Pin-1234/);
    expect(reason.includes('doctor')).toBe(false);
  }
  await destroyDataKey(service.app.database, await tenantOf(service), id);
  expect((await accesses(id)).map(({ reason, principal }) => [reason, principal])).toEqual([
    [null, 'main'],
    [null, 'main'],
    [null, 'desk'],
  ]);
});

test('below level 3, and where nothing is shown, there is no entry', async () => {
  const id = await protectedOne({ protectionLevel: 2 });
  await service.get(`/v1/customers/${id}`);
  await service.patch(id, { name: 'Ada King' });
  expect(await said(id)).toEqual([]);
  await service.patch(id, { protectionLevel: 3 }, { ...why, prefer: 'return=minimal' });
  expect(await said(id)).toEqual([]);
  const stranger = await service.withKey({ scopes: ['customer:read', 'customer:list', 'history:read'] });
  await stranger.get(`/v1/customers/${id}`);
  await stranger.get(`/v1/customers/${id}/history`);
  await stranger.get(`/keypro/api/v2/customers/?customer_email=ada@example.org`);
  await service.get(`/v1/customers/${id}`, { 'if-none-match': '*' });
  await service.get(`/v1/customers/${id}?fields=source,kind`);
  expect(await said(id)).toEqual([]);
});

test('every way of our own API leaves an entry: history, past versions, lists, dry runs, batches, undo', async () => {
  const id = await protectedOne({ protectionLevel: 1, name: 'Zoe' });
  await service.patch(id, { protectionLevel: 3 }, { ...why, prefer: 'return=minimal' });
  const minimal = { ...why, prefer: 'return=minimal' };
  await service.get(`/v1/customers/${id}?asOf=1`);
  await service.get(`/v1/customers/${id}/history?before=2`);
  await service.get('/v1/customers?email=ada@example.org&fields=id&sort=-number');
  await service.patch(id, { name: 'Zoe Two' }, minimal, '?dryRun=true');
  await service.patch(id, { name: 'Zoe Three' }, minimal);
  const change = { op: 'mergePatch', id, body: { note: 'called' } };
  await service.send('POST', '/v1/customers/batch', { body: { changes: [change] }, headers: why });
  await service.send('POST', `/v1/customers/${id}/history/3/undo`, { headers: minimal });
  await service.patch(id, { name: 'x' }, { ...why, 'if-match': '"2"' }, '?onConflict=merge');
  const all = 'email,name,securityPin';
  expect(await said(id)).toEqual([
    `read getCustomer ${all}`,
    'read readHistory email,name,reason,securityPin',
    'read listCustomers email',
    'read updateCustomer email,name,securityPin',
    'write updateCustomer name',
    'write batch note',
    'write undoChange name',
    expect.stringMatching(/^(read|write) updateCustomer/),
    expect.stringMatching(/^(read|write) updateCustomer/),
  ]);
});

test('a page of history that shows only why there was a change leaves an entry, and so does a restriction', async () => {
  const id = await protectedOne();
  await service.patch(id, { source: 'other' }, { ...why, prefer: 'return=minimal' });
  const before = await said(id);
  const { entries } = (await service.get(`/v1/customers/${id}/history?limit=1`)).body;
  expect(entries).toMatchObject([{ reason: 'the doctor called', changes: [{ path: '/source' }] }]);
  await service.patch(id, { source: 'third' }, { prefer: 'return=minimal' });
  await service.get(`/v1/customers/${id}/history?limit=1`);
  const blind = await service.withKey({ scopes: ['history:read'] });
  expect((await blind.get(`/v1/customers/${id}/history`)).text).not.toContain('the doctor called');
  expect((await said(id)).slice(before.length)).toEqual(['read readHistory reason']);
  const restriction = `/v1/customers/${id}/restriction`;
  const asked = { body: { reason: 'contested' }, headers: { prefer: 'return=minimal' } };
  expect((await service.send('PUT', restriction, asked)).status).toBe(204);
  expect((await service.get(restriction)).body['reason']).toBe('contested');
  expect((await said(id)).slice(before.length + 1)).toEqual(['read readRestriction reason']);
});

test('a kept reply is written down when it is shown again, and refused where the caller sees less by now', async () => {
  const key = { ...why, 'idempotency-key': randomUUID() };
  const scopes = ['customer:write', 'personal:read', 'personal:write', 'customer:read'] as const;
  const desk = await service.withKey({ name: 'desk two', scopes });
  const id = (await desk.create({ ...ada, protectionLevel: 1 }, key))['id'];
  const again = () =>
    desk.send('POST', '/v1/customers', { body: { ...ada, protectionLevel: 1 }, headers: key });
  expect((await again()).body['name']).toBe(ada.name);
  expect(await said(id)).toEqual([]);
  await service.patch(id, { protectionLevel: 3 }, { ...why, prefer: 'return=minimal' });
  const replayed = await again();
  expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  expect(replayed.headers.get('customary-sight')).toBeNull();
  expect(await said(id)).toEqual(['read createCustomer email,name,securityPin']);
  const change = { ...why, 'idempotency-key': randomUUID() };
  await desk.patch(id, { note: 'a' }, change);
  await desk.patch(id, { note: 'a' }, change);
  expect((await said(id)).slice(1)).toEqual([
    expect.stringMatching(/^(read|write) updateCustomer/),
    expect.stringMatching(/^(read|write) updateCustomer/),
    'read updateCustomer email,name,note,securityPin',
  ]);
  await service.patch(id, { protectionLevel: 4 }, { ...why, prefer: 'return=minimal' });
  const refused = await again();
  expect([refused.status, refused.body['errors'][0].rule]).toEqual([403, 'protected']);
  expect(refused.text).not.toContain('Lovelace');
});

test('what an accepted change was told of a conflict is protected as the customer is now', async () => {
  const scopes = ['customer:write', 'personal:read', 'personal:write', 'customer:read'] as const;
  const desk = await service.withKey({ scopes });
  const id = await protectedOne();
  await service.patch(id, { name: 'Grace' }, why);
  const accepted = await desk.patch(
    id,
    { name: 'Eve' },
    { ...why, ...later, 'if-match': '"1"' },
    '?onConflict=merge',
  );
  const { id: requestId } = accepted.body;
  await ended(desk, accepted);
  const shown = await desk.get(`/v1/requests/${requestId}`, { 'x-request-id': `q-${id}` });
  expect(shown.body['reason'].conflicts[0]).toMatchObject({ theirs: 'Grace' });
  const entries = (await accesses(id)).filter((one) => one['requestId'] === `q-${id}`);
  expect(entries.map((one) => [one['operation'], one['fields']])).toEqual([['getRequest', ['name']]]);
  await service.patch(id, { protectionLevel: 4 }, { ...why, prefer: 'return=minimal' });
  expect((await desk.get(`/v1/requests/${requestId}`)).text).not.toContain('Grace');
});

test('what can’t be written down is neither shown nor made', async () => {
  const id = await protectedOne();
  const before = await said(id);
  rewrite = (text) => text.replace('INSERT INTO access_log', 'INSERT INTO no_such_table');
  try {
    for (const path of [
      `/v1/customers/${id}`,
      `/v1/customers/${id}/history`,
      '/v1/customers?name=Lovelace',
    ]) {
      const answer = await service.get(path, why);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(/Lovelace|ada@/);
    }
    expect((await service.patch(id, { name: 'Eve' }, why)).status).toBe(500);
    expect((await service.get(`/v1/customers/${id}?fields=source`)).body['version']).toBe(1);
  } finally {
    rewrite = (text) => text;
  }
  expect(await said(id)).toEqual(before);
});

test('a subscriber who is told of a change stands in the log, and what no one may see of it does not', async () => {
  const receiver = await startReceiver();
  const events = ['customer.updated'];
  const sees = await makeWebhook(service, {
    url: receiver.url,
    scopes: ['customer:read', 'personal:read'],
    events,
  });
  const blind = await makeWebhook(service, { url: receiver.url, scopes: ['customer:read'], events });
  const id = await protectedOne();
  await service.patch(id, { name: 'Ada King' }, { ...why, prefer: 'return=minimal' });
  const messages = await receiver.got(2);
  expect(messages.filter(({ body }) => body.includes('Ada King'))).toHaveLength(1);
  const tellers = (await accesses(id)).filter(({ principal }) => principal.startsWith('webhook:'));
  expect(tellers).toMatchObject([
    {
      principal: `webhook:${sees.webhookId}`,
      operation: 'customer.updated',
      fields: ['email', 'name', 'securityPin'],
    },
  ]);
  await service.database.query('UPDATE webhook SET ended_at = now() WHERE webhook_id = ANY($1)', [
    [sees.webhookId, blind.webhookId],
  ]);
});
