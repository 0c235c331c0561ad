import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import type { Answer, Client } from '../support/client.ts';
import { eraseNow } from '../support/erasures.ts';
import { fullCustomer, marks } from '../support/full-customer.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let other: TestService;
beforeAll(async () => {
  service = await startService();
  other = { ...service, ...(await service.otherTenant()) };
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'Asked for by the person' };
const exportOf = (id: string, client: Client = service): Promise<Answer> =>
  client.get(`/v1/customers/${id}/export`);
const take = (document: object, client: Client = other, headers: Record<string, string> = {}) =>
  client.send('POST', '/v1/customers/import', { body: document, headers: { ...why, ...headers } });

const whole = async (data: object = {}): Promise<string> =>
  (await service.create(fullCustomer(data), why))['id'];

describe('an export', () => {
  test('holds the record, every change with what was before and after, and all that is around it', async () => {
    const parent = await service.create({ kind: 'organisation' });
    const id = await whole({ parentId: parent['id'] });
    const child = await service.create({ kind: 'person', parentId: id });
    await service.patch(id, { note: 'secret one' }, { ...why, 'idempotency-key': `key-${id}` });
    const accepted = await service.patch(id, { note: 'later' }, { ...why, prefer: 'respond-async' });
    const request = `/v1/requests/${accepted.body['id']}`;
    while ((await service.get(request)).body['status'] === 'open');
    const answer = await exportOf(id);
    expect(answer.status).toBe(200);
    const record = (await service.get(`/v1/customers/${id}`)).body;
    expect(answer.body).toMatchObject({
      format: 'customary.customer-export',
      formatVersion: 1,
      tenant: service.tenantName,
      customer: record,
      deletedAt: null,
      parent: { id: parent['id'], number: parent['number'] },
      subCustomers: [{ id: child['id'], number: child['number'] }],
      restriction: null,
      replies: [{ status: 200 }],
      requests: [{ id: accepted.body['id'], status: 'succeeded', body: { note: 'later' } }],
      recipients: { contracts: [{ contract: 'native', principals: ['main'], changes: 3 }], webhooks: [] },
    });
    expect(answer.body['customer']).toEqual(record);
    const { entries } = (await service.get(`/v1/customers/${id}/history`)).body;
    const shown = answer.body['history'].map((entry: { changes: object[] }) => ({
      ...entry,
      changes: entry.changes.map(({ at, was, ...change }: { at?: number; was?: number }) => change),
    }));
    expect(shown).toEqual(entries.toReversed());
  });

  test('tells what was decided: holds, an erasure that waits, and how long data is kept', async () => {
    const id = await whole();
    await service.send('POST', `/v1/customers/${id}/erasure`, { body: { reason: 'Asked for' } });
    await service.send('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'A claim' } });
    expect((await exportOf(id)).body).toMatchObject({
      erasure: { status: 'held', requestedBy: 'main', reason: 'Asked for' },
      legalHold: { held: true, entries: [{ event: 'set', reason: 'A claim', principal: 'main' }] },
      retention: expect.arrayContaining([expect.objectContaining({ kind: 'requests', days: 30 })]),
    });
  });

  test('tells every change of a history of several pages once and in order', async () => {
    const { id } = await service.create();
    const changes = Array.from({ length: 502 }, (_, index) => ({
      ...{ op: 'mergePatch', id },
      body: { source: `source ${index}` },
    }));
    await service.send('POST', '/v1/customers/batch', { body: { changes } });
    const { history } = (await exportOf(id)).body;
    expect(history.map((entry: { version: number }) => entry.version)).toEqual(
      Array.from({ length: 503 }, (_, index) => index + 1),
    );
  });

  test('of a deleted customer says since when', async () => {
    const id = await whole();
    await service.remove(id);
    const { body } = await exportOf(id);
    expect(body['deletedAt']).toBe(body['customer'].updatedAt);
    expect(body['customer'].name).toBe(marks.personal);
    expect((await take(body)).body['errors'][0].pointer).toBe('/deletedAt');
  });

  test('of a restricted customer is for the officer, and tells the restriction', async () => {
    const id = await whole();
    await service.patch(id, { protectionLevel: 4 }, why);
    const { body } = await exportOf(id);
    // The export itself stands in the log before it is answered.
    expect(body['accesses']).toMatchObject([
      { operation: 'exportCustomer', kind: 'read', principal: 'main' },
      { operation: 'updateCustomer', kind: 'read', principal: 'main' },
    ]);
    expect(body['restriction']).toMatchObject({ version: 2, reason: why['customary-reason'] });
    expect(body['customer'].securityPin).toBe(marks.secret);
  });
});

describe('an import', () => {
  test('makes the same record with the same history, and says that it was imported', async () => {
    const id = await whole();
    await service.patch(id, { note: 'changed', contacts: [] }, why);
    const before = (await exportOf(id)).body;
    const answer = await take(before);
    expect(answer.status).toBe(201);
    const verified = await verifyHistory(service.app.database, other.tenantId, { customerId: id });
    expect(verified).toMatchObject({ entries: 3, unproven: 0, findings: [] });
    const after = (await exportOf(id, other)).body;
    const { number: _n, humanReadableId: _h, version, updatedAt: _u, ...record } = after['customer'];
    expect(before['customer']).toMatchObject(record);
    expect(version).toBe(3);
    expect(after['history'].slice(0, 2)).toEqual(before['history']);
    expect(after['history'].slice(2)).toMatchObject([
      { version: 3, operation: 'customer.import', reason: why['customary-reason'], changes: [] },
    ]);
  });

  test.each([3, 4])('of a customer at level %i is written down as a change of its members', async (level) => {
    const id = (await service.create({ name: 'Ada', note: 'x', source: 'y', protectionLevel: level }, why))[
      'id'
    ];
    expect((await take((await exportOf(id)).body)).status).toBe(201);
    const { accesses } = (await other.get(`/v1/customers/${id}/accesses`)).body;
    const entry = { operation: 'importCustomer', reason: why['customary-reason'], fields: ['name', 'note'] };
    expect(accesses.filter(({ kind }: { kind: string }) => kind === 'write')).toMatchObject([entry]);
  });

  test('is found by its values, told to other systems, and can be read as it was', async () => {
    const id = await whole({ email: 'found@example.org' });
    await service.patch(id, { email: 'moved@example.org' }, why);
    const { body } = await exportOf(id);
    await take(body);
    const found = await other.get('/v1/customers?email=moved@example.org');
    expect(found.body['customers'].map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await other.get(`/v1/customers/${id}?asOf=1`)).body['email']).toBe('found@example.org');
    const undone = await other.send('POST', `/v1/customers/${id}/history/2/undo`, { headers: why });
    expect(undone.body['email']).toBe('found@example.org');
    const told = await service.database.query(
      'SELECT o.type, o.version::int FROM outbox o JOIN tenant t USING (tenant_id) WHERE t.name = $1 AND o.customer_id = $2 ORDER BY 2',
      [other.tenantName, id],
    );
    expect(told[0]).toEqual({ type: 'customer.created', version: 3 });
  });

  test('keeps a parent that is there, and leaves out and says one that is not', async () => {
    const parent = await whole();
    const id = await whole({ parentId: parent });
    const [ofParent, ofChild] = [(await exportOf(parent)).body, (await exportOf(id)).body];
    const alone = await take(ofChild);
    expect(alone.headers.get('customary-ignored')).toBe('parentId');
    expect(alone.body).not.toHaveProperty('parentId');
    const { history } = (await exportOf(id, other)).body;
    expect(history.at(-1).changes).toEqual([{ path: '/parentId', before: parent }]);
    const third = await service.otherTenant();
    await take(ofParent, third);
    const together = await take(ofChild, third);
    expect(together.headers.get('customary-ignored')).toBeNull();
    expect(together.body['parentId']).toBe(parent);
  });

  test('happens once: a customer that is there, deleted or erased is not made again', async () => {
    const id = await whole();
    const { body } = await exportOf(id);
    const key = { 'idempotency-key': `import-${id}` };
    const first = await take(body, other, key);
    const again = await take(body, other, key);
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    const twice = await take(body);
    expect(twice.status).toBe(409);
    expect(twice.body['errors']).toMatchObject([{ pointer: '/customer/id', rule: 'unique' }]);
    await other.remove(id);
    expect((await take(body)).status).toBe(409);
    const bound = await service.withKey({
      tenantId: other.tenantId,
      customerId: (await other.create())['id'],
    });
    expect((await take(body, bound)).status).toBe(409);
    await eraseNow(other, id);
    expect((await take(body)).status).toBe(410);
  });

  test('refuses values that another customer has', async () => {
    const id = await whole();
    const { body } = await exportOf(id);
    await other.create({ accountNumber: body['customer'].accountNumber });
    const answer = await take(body);
    expect(answer.status).toBe(409);
    expect(answer.body['errors'][0].pointer).toBe('/customer/accountNumber');
  });

  test('a dry run judges it and makes nothing', async () => {
    const id = await whole();
    const { body } = await exportOf(id);
    const dry = await other.send('POST', '/v1/customers/import?dryRun=true', { body, headers: why });
    expect(dry.status).toBe(200);
    expect((await other.get(`/v1/customers/${id}`)).status).toBe(404);
  });
});

describe('a file that was changed is refused as a whole', () => {
  type Doc = Answer['body'];
  const ways: [string, string, (document: Doc) => void][] = [
    ['an unknown member', '/more', (one) => Object.assign(one, { more: 1 })],
    [
      'an unknown member of the record',
      '/customer/more',
      (one) => Object.assign(one['customer'], { more: 1 }),
    ],
    ['another form', '/formatVersion', (one) => Object.assign(one, { formatVersion: 2 })],
    [
      'a value that is not allowed',
      '/customer/locale',
      (one) => Object.assign(one['customer'], { locale: '-' }),
    ],
    [
      'a record that the history does not lead to',
      '/customer',
      (one) => Object.assign(one['customer'], { note: 'x' }),
    ],
    ['a version that is missing', '/history', (one) => one['history'].splice(1, 1)],
    ['versions in another order', '/history/0/version', (one) => one['history'].reverse()],
    [
      'times that go back',
      '/history/1/recordedAt',
      (one) => (one['history'][1].recordedAt = '2001-01-01T00:00:00Z'),
    ],
    ['a time to come', '/history/1', (one) => (one['history'][1].recordedAt = '2901-01-01T00:00:00Z')],
    [
      'a change that could not be taken back',
      '/history/1/changes',
      (one) => (one['history'][1].changes[0].before = 'planted'),
    ],
    [
      'a past that was not valid',
      '/history/0/more',
      (one) =>
        one['history'][0].changes.push({ path: '/more', after: 1 }) &&
        one['history'][1].changes.push({ path: '/more', before: 1 }),
    ],
  ];
  let document: string;
  beforeAll(async () => {
    const id = await whole();
    await service.patch(id, { note: 'changed' }, why);
    document = (await exportOf(id)).text;
  });
  test.each(ways)('%s', async (_name, pointer, spoil) => {
    const spoilt = JSON.parse(document) as Doc;
    spoil(spoilt);
    const answer = await take(spoilt);
    expect(answer.status).toBe(422);
    expect(answer.body['errors'][0].pointer).toBe(pointer);
    expect((await other.get(`/v1/customers/${spoilt['customer'].id}`)).status).toBe(404);
  });
});
