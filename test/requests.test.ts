import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tenant } from '../src/access/principal.ts';
import { contracts } from '../src/contracts/all.ts';
import type { Route } from '../src/contracts/contract.ts';
import { sealCall } from '../src/customer/request.ts';
import type { StoredCustomer } from '../src/customer/stored-rows.ts';
import { OperatorError } from '../src/errors.ts';
import { type DataKey, keyIn } from '../src/privacy/data-key.ts';
import { readTenant } from '../src/storage/tenants.ts';
import { essence, isReplay, problem, range } from './support/answers.ts';
import { poison, refusePoison } from './support/poison.ts';
import { ended, later } from './support/requests.ts';
import { countRows, unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';
import { until } from './support/webhooks.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

let keys = 0;
const newKey = () => ({ 'idempotency-key': `later-${++keys}` });
const newCustomer = async (data?: object) => (await service.create(data))['id'] as string;
const read = async (id: string) => (await service.get(`/v1/customers/${id}`)).body;

describe('Prefer: respond-async', () => {
  test('is answered with 202 and the place of the request, which ends as succeeded', async () => {
    const id = await newCustomer();
    const reason = { 'customary-reason': 'asked by phone' };
    const accepted = await service.patch(id, { note: 'x' }, { ...later, ...reason });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toEqual({ id: accepted.body['id'], status: 'open' });
    expect(accepted.headers.get('location')).toBe(`/v1/requests/${accepted.body['id']}`);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    const request = await ended(service, accepted);
    expect(request).toMatchObject({
      status: 'succeeded',
      customerId: id,
      result: { status: 200, etag: '"2"' },
    });
    expect(request['finishedAt'] >= request['createdAt']).toBe(true);
    const { entries } = (await service.get(`/v1/customers/${id}/history`)).body;
    expect(entries[0]).toMatchObject({ version: 2, principal: 'main', reason: 'asked by phone' });
  });

  test('works for every kind of change', async () => {
    const id = await newCustomer();
    const undo = (version: number) =>
      service.send('POST', `/v1/customers/${id}/history/${version}/undo`, { headers: later });
    for (const send of [
      () => service.jsonPatch(id, [{ op: 'add', path: '/note', value: 'x' }], later),
      () => service.put(id, { name: 'Grace' }, later),
      () => undo(3),
      () => service.remove(id, later),
      () => undo(5),
    ]) {
      const accepted = await send();
      expect([accepted.status, (await ended(service, accepted))['status']]).toEqual([202, 'succeeded']);
    }
    expect(await read(id)).toMatchObject({ version: 6, name: 'Ada Lovelace', note: 'x' });
  });

  test('creates the customer that the request names', async () => {
    const accepted = await service.send('POST', '/v1/customers', { body: { name: 'Later' }, headers: later });
    const request = await ended(service, accepted);
    expect(request).toMatchObject({ status: 'succeeded', result: { status: 201, etag: '"1"' } });
    expect(await read(request['customerId'])).toMatchObject({ name: 'Later', version: 1 });
  });

  test('ends as failed with its reason, and changes nothing', async () => {
    const id = await newCustomer();
    const invalid = await ended(service, await service.patch(id, { status: 'odd' }, later));
    expect(invalid).toMatchObject({
      status: 'failed',
      reason: { type: 'urn:customary:problem:validation-failed', errors: [{ pointer: '/status' }] },
    });
    const stale = await ended(
      service,
      await service.patch(id, { note: 'x' }, { ...later, 'if-match': '"7"' }),
    );
    expect(stale).toMatchObject({ status: 'failed', reason: { status: 412, currentVersion: 1 } });
    expect((await read(id))['version']).toBe(1);
  });

  test('keeps If-Match and onConflict=merge', async () => {
    const id = await newCustomer();
    await service.patch(id, { note: 'theirs' });
    const headers = { ...later, 'if-match': '"1"' };
    const merged = await ended(
      service,
      await service.patch(id, { locale: 'de' }, headers, '?onConflict=merge'),
    );
    expect(merged['status']).toBe('succeeded');
    expect(await read(id)).toMatchObject({ note: 'theirs', locale: 'de' });
  });

  test('is refused at once where it can be judged at once', async () => {
    const [id, gone] = [await newCustomer(), await newCustomer()];
    await service.remove(gone);
    const reader = await service.withKey({ scopes: ['customer:read'] });
    const bound = await service.withKey({ customerId: await newCustomer() });
    const before = await countRows(service.database, service.tenantId);
    const answers = [
      await service.patch(gone, { note: 'x' }, later),
      await bound.patch(id, { note: 'x' }, later),
      await reader.patch(id, { note: 'x' }, later),
      await service.patch(id, '{', later),
      await service.patch(id, { note: 'x' }, { ...later, 'if-match': 'x' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 403, 400, 400]);
    expect(await countRows(service.database, service.tenantId)).toEqual(before);
  });

  test('does not hold for a dry run', async () => {
    const id = await newCustomer();
    const answer = await service.patch(id, { note: 'x' }, later, '?dryRun=true');
    expect([answer.status, answer.body['dryRun']]).toEqual([200, true]);
  });

  test('makes the changes of one customer in the order in which they were accepted', async () => {
    const id = await newCustomer();
    const accepted = [];
    for (const n of range(20)) accepted.push(await service.patch(id, { note: `note ${n}` }, later));
    for (const one of accepted) expect((await ended(service, one))['status']).toBe('succeeded');
    const { entries } = (await service.get(`/v1/customers/${id}/history`)).body;
    const notes = entries.flatMap((entry: { changes: { path: string; after: string }[] }) =>
      entry.changes.filter(({ path }) => path === '/note').map(({ after }) => after),
    );
    expect(notes.toReversed()).toEqual(range(20).map((n) => `note ${n}`));
  });
});

describe('a request', () => {
  test('is seen by the principal that made it alone, through any of its keys', async () => {
    const mine = await service.withKey({ name: 'shop' });
    const accepted = await mine.patch(await newCustomer(), { note: 'x' }, later);
    const place = accepted.headers.get('location') as string;
    const rotated = await service.withKey({ name: 'shop' });
    const other = await service.withKey({ name: 'bank' });
    const tenant = await service.otherTenant();
    const namesake = await service.withKey({ tenantId: tenant.tenantId, name: 'shop' });
    const statuses = await Promise.all(
      [mine, rotated, other, tenant, namesake].map(async (client) => (await client.get(place)).status),
    );
    expect(statuses).toEqual([200, 200, 404, 404, 404]);
    expect((await service.get('/v1/requests/0190a0a0-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await service.get('/v1/requests/x')).status).toBe(404);
  });

  test('that is sent again under its idempotency key is the same request, made once', async () => {
    const id = await newCustomer();
    const headers = { ...later, ...newKey() };
    const first = await service.patch(id, { note: 'x' }, headers);
    await ended(service, first);
    await service.patch(id, { note: 'later' });
    const again = await service.patch(id, { note: 'x' }, headers);
    expect([isReplay(again), essence(again)]).toEqual([true, essence(first)]);
    expect(problem(await service.patch(id, { note: 'y' }, headers))).toBe('idempotency-key-reused');
    const { history, requests } = await countRows(service.database, service.tenantId, id);
    expect({ history, requests }).toEqual({ history: 3, requests: 1 });
  });

  test('sent 32 times at once under one key is one request', async () => {
    const headers = { ...later, ...newKey() };
    const send = () => service.send('POST', '/v1/customers', { body: { name: 'Once' }, headers });
    const before = await countRows(service.database, service.tenantId);
    const answers = await Promise.all(range(32).map(send));
    const accepted = answers.filter((answer) => answer.status === 202);
    expect(new Set(accepted.map((answer) => answer.body['id'])).size).toBe(1);
    await ended(service, accepted[0] as (typeof accepted)[0]);
    const after = await countRows(service.database, service.tenantId);
    expect([after.requests - before.requests, after.customers - before.customers]).toEqual([1, 1]);
  });

  test('is made with the rights that it was accepted with, and never with more', async () => {
    const secret = await newCustomer({ name: 'Secret', protectionLevel: 2 });
    const weak = await service.withKey({ name: 'weak', scopes: ['customer:read', 'customer:write'] });
    const request = await ended(weak, await weak.patch(secret, { note: 'x' }, later));
    expect(request).toMatchObject({ status: 'failed', reason: { status: 403 } });
  });
});

describe('a request that can not be carried out', () => {
  const insert = (row: { requestId: string; contract?: string; customerId: string; sealed: Buffer }) =>
    service.database.query(
      `INSERT INTO request (tenant_id, request_id, principal, contract, customer_id, status, sealed, created_at)
       VALUES ($1, $2, 'main', $3, $4, 'open', $5, now()) RETURNING request_id`,
      [service.tenantId, row.requestId, row.contract ?? 'native', row.customerId, row.sealed],
    );
  const sealed = async (customerId: string, route: string, requestId: string) => {
    const tenant = (await readTenant(service.app.database, service.tenantId)) as Tenant;
    const [row] = await service.app.door.store.readCustomers(tenant, [customerId]);
    const { dataKey } = row as StoredCustomer;
    return sealCall(
      {
        route,
        params: { id: customerId },
        query: {},
        headers: {},
        contentType: 'application/merge-patch+json',
        body: { note: 'x' },
        hasBody: true,
        principal: { name: 'main', scopes: ['customer:write'], customerId: null },
        reason: null,
        requestId: 'test',
      },
      keyIn(dataKey) as DataKey,
      { tenantId: service.tenantId, customerId, requestId },
    );
  };

  test('fails with its reason and blocks nobody: unreadable, of an unknown route, of an unknown contract', async () => {
    const id = await newCustomer();
    const [one, two, three] = range(3).map(() => uuidv7({ msecs: 1 })) as [string, string, string];
    const poisoned = [
      await insert({ requestId: one, customerId: id, sealed: Buffer.from([0, 1, 2, 3]) }),
      await insert({ requestId: two, customerId: id, sealed: await sealed(id, 'noSuchRoute', two) }),
      await insert({
        requestId: three,
        customerId: id,
        sealed: await sealed(id, 'updateCustomer', three),
        contract: 'vendor',
      }),
    ];
    const good = await service.patch(id, { note: 'good' }, later);
    expect((await ended(service, good))['status']).toBe('succeeded');
    const ids = poisoned.map(([row]) => row?.['request_id'] as string);
    const rows = await service.database.query<{ status: string }>(
      'SELECT status FROM request WHERE request_id = ANY($1)',
      [ids],
    );
    expect(rows.map((row) => row.status)).toEqual(['failed', 'failed', 'failed']);
    const [, readable, foreign] = ids;
    expect((await service.get(`/v1/requests/${readable}`)).body).toMatchObject({
      status: 'failed',
      reason: { type: 'urn:customary:problem:internal-error' },
    });
    expect((await service.get(`/v1/requests/${foreign}`)).status, 'the reply of another contract').toBe(404);
    expect(await read(id)).toMatchObject({ version: 2, note: 'good' });
  });

  test('fails when the database refuses its row', async () => {
    const [bad, good] = [await newCustomer(), await newCustomer()];
    const refusing = await refusePoison(service.database);
    const refused = await service.patch(bad, poison, later);
    const accepted = await service.patch(good, { note: 'x' }, later);
    expect(await ended(service, refused)).toMatchObject({ status: 'failed', reason: { status: 500 } });
    expect((await ended(service, accepted))['status']).toBe('succeeded');
    await refusing.end();
  });
});

test('a request that meets what an operator has to mend waits, and is made when that is mended', async () => {
  let broken = true;
  let tries = 0;
  const handle: (route: Route) => Route['handle'] = (route) => async (call, door) => {
    if (call.finishes) tries += 1;
    if (call.finishes && broken)
      throw new OperatorError('KEY_COMMAND could not unwrap a key: it ended with 1.');
    return route.handle(call, door);
  };
  const breaking = contracts.map((contract) => ({
    ...contract,
    routes: contract.routes.map((route) => ({ ...route, handle: handle(route) })),
  }));
  const other = await startService({ contracts: breaking, settings: { SWEEP_MS: '100' } });
  const { id } = await other.create();
  const accepted = await other.patch(id, { note: 'x' }, later);
  await until(() => tries > 1);
  expect((await other.get(accepted.headers.get('location') as string)).body['status']).toBe('open');
  broken = false;
  expect((await ended(other, accepted))['status']).toBe('succeeded');
  expect((await other.get(`/v1/customers/${id}`)).body).toMatchObject({ version: 2, note: 'x' });
  await other.stop();
});

test('every change of this file has one history row and one outbox row', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
