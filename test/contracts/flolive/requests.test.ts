import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../src/access/scopes.ts';
import { sealCall } from '../../../src/customer/request.ts';
import { tidyTenant } from '../../../src/storage/tidy.ts';
import { isReplay } from '../../support/answers.ts';
import type { Client } from '../../support/client.ts';
import { dataKeyOf } from '../../support/data-key-of.ts';
import { startService, type TestService } from '../../support/service.ts';
import { contentOf, type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';
import { createHold } from './hold.ts';

const hold = createHold();

let service: TestService;
let flolive: Flolive;
beforeAll(async () => {
  service = await startService({ rewriteSql: hold.rewriteSql });
  flolive = floliveClient(service);
});
afterAll(() => service.stop());

const make = async (data: object = { kind: 'person', name: 'Saab' }): Promise<string> =>
  (await service.create(data))['id'] as string;
const page = { page: 0, size: 10, totalPages: 1, totalElements: 1 };
const ack = (content: object) => ({ errorCode: '', errorMessage: '', content: [content], pageable: page });
const noRequest = {
  errorCode: 'GLOBAL_1003',
  errorMessage: 'Provided request ID does not exist for your account',
  content: '',
  pageable: '',
};

/** A request whose call names a route that there never was, as the main key's principal made it. */
const defectiveRequest = async (): Promise<string> => {
  const [requestId, customerId] = [uuidv7(), await make()];
  const call = {
    route: 'gone',
    url: '/flolive/gone',
    params: {},
    query: {},
    headers: {},
    contentType: '',
    body: null,
    hasBody: false,
    principal: { name: 'main', scopes: [], customerId: null },
    reason: null,
    requestId: uuidv7(),
  };
  await service.database.query(
    `INSERT INTO request (tenant_id, request_id, principal, contract, customer_id, status, sealed, created_at)
     VALUES ($1, $2, 'main', 'flolive', $3, 'open', $4, now())`,
    [
      service.tenantId,
      requestId,
      customerId,
      sealCall(call, await dataKeyOf(service, customerId), {
        tenantId: service.tenantId,
        customerId,
        requestId,
      }),
    ],
  );
  return requestId;
};

describe('the status of a request', () => {
  test('is OPEN until the change is made, then SUCCESS; v3 tells the id beside it', async () => {
    const id = await make();
    hold.isHeld = true;
    const accepted = await flolive.modify(id, { name: 'Volvo' });
    const requestId = contentOf(accepted)['requestId'] as string;
    expect((await flolive.status(requestId)).body).toEqual(ack({ status: 'OPEN' }));
    expect((await flolive.status(requestId, 'v3')).body).toEqual(ack({ requestId, status: 'OPEN' }));
    expect((await flolive.customer(id))['name']).toBe('Saab');
    hold.isHeld = false;
    await flolive.ended(accepted);
    expect((await flolive.status(requestId)).body).toEqual(ack({ status: 'SUCCESS' }));
    expect((await flolive.status(requestId, 'v3')).body).toEqual(ack({ requestId, status: 'SUCCESS' }));
    expect((await flolive.customer(id))['name']).toBe('Volvo');
  });

  test('is FAILURE with its reason where a rule of the record refuses the change', async () => {
    const id = await make();
    const body = { name: 'Volvo', contact: { id: uuidv7(), role: 'NONE' } };
    const accepted = await flolive.modify(id, body);
    await flolive.ended(accepted);
    const requestId = contentOf(accepted)['requestId'] as string;
    const reason = notUpdated('contact[0].id names no contact of the customer')[2];
    expect((await flolive.status(requestId)).body).toEqual(ack({ status: 'FAILURE', reason }));
    expect((await flolive.status(requestId, 'v3')).body).toEqual(
      ack({ requestId, status: 'FAILURE', reason }),
    );
    expect((await flolive.customer(id))['name']).toBe('Saab');
  });

  test('is FAILURE where the key may not change what is protected', async () => {
    const id = await make({ kind: 'person', name: 'Saab', protectionLevel: 2 });
    const weak = floliveClient(await service.withKey({ scopes: ['customer:read', 'customer:write'] }));
    const { status, reason } = await weak.modified(id, { name: 'Volvo' });
    expect([status, reason]).toEqual(['FAILURE', notUpdated('name needs the scope personal:write')[2]]);
  });

  test('is INTERNAL_ERROR without a reason where the service itself failed', async () => {
    const requestId = await defectiveRequest();
    const another = await flolive.modify(await make(), { name: 'Volvo' });
    expect(await flolive.ended(another)).toEqual({ status: 'SUCCESS' });
    expect(await flolive.endOf(requestId)).toEqual({ status: 'INTERNAL_ERROR' });
  });

  test('is kept for 30 days', async () => {
    const accepted = await flolive.modify(await make(), { name: 'Volvo' });
    await flolive.ended(accepted);
    const requestId = contentOf(accepted)['requestId'] as string;
    const endedAgo = (seconds: number) =>
      service.database.query(
        'UPDATE request SET finished_at = now() - make_interval(secs => $2) WHERE request_id = $1',
        [requestId, seconds],
      );
    const requestKeptSeconds = 30 * 86_400;
    await endedAgo(requestKeptSeconds - 60);
    await tidyTenant(service.app.database, service.tenantId);
    expect((await flolive.status(requestId)).status).toBe(200);
    await endedAgo(requestKeptSeconds);
    await tidyTenant(service.app.database, service.tenantId);
    expect((await flolive.status(requestId)).body).toEqual(noRequest);
  });
});

describe('a request id', () => {
  test('is told to its own requester alone; to all others it does not exist', async () => {
    const parent = await make();
    const child = await make({ kind: 'person', parentId: parent });
    const key = await service.withKey({ name: 'requester', customerId: parent });
    const mine = floliveClient(key);
    const accepted = await mine.modify(child, { name: 'Volvo' });
    const requestId = contentOf(accepted)['requestId'] as string;
    for (const name of ['requester', 'another']) {
      const bound = floliveClient(await service.withKey({ name, customerId: parent }));
      expect((await bound.status(requestId)).status).toBe(200);
      expect((await bound.status(requestId, 'v3')).status).toBe(200);
    }
    const others: Client[] = [
      service,
      await service.withKey({ name: 'another' }),
      await service.withKey({ name: 'requester', customerId: child }),
      await service.withKey({ name: 'requester' }),
      await service.otherTenant(),
    ];
    for (const other of others) {
      for (const version of ['v2', 'v3'] as const) {
        const answer = await floliveClient(other).status(requestId, version);
        expect([answer.status, answer.body]).toEqual([404, noRequest]);
      }
    }
    const operators = contentOf(await flolive.modify(child, { name: 'Scania' }))['requestId'] as string;
    const operator = floliveClient(await service.withKey({ name: 'another' }));
    expect((await operator.status(operators)).body).toEqual(noRequest);
  });

  test('tells another key of the requester why it failed where that sees as much', async () => {
    const parent = await make();
    const child = await make({ kind: 'person', parentId: parent });
    const key = (name: string, scopes: Scope[]) => service.withKey({ name, scopes, customerId: parent });
    const rights: Scope[] = ['customer:read', 'customer:write'];
    const mine = floliveClient(await key('first', [...rights, 'personal:read']));
    const accepted = await mine.modify(child, { contact: { id: uuidv7(), role: 'NONE' } });
    const { reason } = await mine.ended(accepted);
    expect(reason).toBeDefined();
    const told = async (name: string, scopes: Scope[]) =>
      floliveClient(await key(name, scopes)).endOf(contentOf(accepted)['requestId']);
    expect(await told('second', [...rights, 'personal:read'])).toEqual({ status: 'FAILURE', reason });
    expect(await told('third', rights)).toEqual({ status: 'FAILURE' });
  });

  test('that nobody has, that is none, or that another contract accepted, does not exist', async () => {
    const accepted = await service.patch(await make(), { note: 'x' }, { prefer: 'respond-async' });
    for (const requestId of [uuidv7(), 'nonsense', accepted.body['id'] as string]) {
      for (const version of ['v2', 'v3'] as const) {
        const answer = await flolive.status(requestId, version);
        expect([answer.status, answer.body]).toEqual([404, noRequest]);
      }
    }
  });
});

test('every answer of v3 names the call in Request-Id', async () => {
  const accepted = await flolive.modify(await make(), {});
  for (const requestId of [contentOf(accepted)['requestId'] as string, uuidv7(), 'nonsense']) {
    const path = `/flolive/api/v3/global/call/${requestId}`;
    const answer = await service.send('GET', path, { headers: { 'x-request-id': 'call-4711' } });
    expect(answer.headers.get('request-id')).toBe('call-4711');
  }
  const nobody = await fetch(`${service.address}/flolive/api/v3/global/call/${uuidv7()}`);
  expect([nobody.status, nobody.headers.get('request-id')]).toEqual([401, expect.stringMatching(/./)]);
});

test('the same key and request give the same ACK, and one change', async () => {
  const id = await make();
  const options = { headers: { 'idempotency-key': 'once' } };
  const first = await flolive.modify(id, { name: 'Volvo' }, options);
  await flolive.ended(first);
  await service.patch(id, { name: 'Saab' });
  const again = await flolive.modify(id, { name: 'Volvo' }, options);
  expect([again.text, isReplay(again)]).toEqual([first.text, true]);
  await flolive.ended(again);
  expect((await flolive.customer(id))['name']).toBe('Saab');
  expect(nakOf(await flolive.modify(id, { name: 'Scania' }, options))).toEqual(
    notUpdated('This idempotency key was used for another request', 409),
  );
});
