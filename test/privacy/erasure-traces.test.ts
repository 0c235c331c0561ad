import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateType } from '../../src/jobs/carry-out-erasure.ts';
import { type PublicJwk, verifyJws } from '../../src/privacy/signing-key.ts';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import type { Target } from '../access/example-call.ts';
import { routeExamples } from '../access/example-calls.ts';
import { makeCall, makeTarget, withOwnNumbers } from '../access/targets.ts';
import { eraseNow, erasureOf } from '../support/erasures.ts';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

let service: TestService;
let target: Target;
let erasure: Record<string, any>;
/** Stands in every member by which a customer is found, in reasons, and in what is kept of requests. */
const word = `zcanary${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  service = await startService({ settings: toLoopback });
  await withOwnNumbers(service.database, service.tenantId);
  target = await makeTarget(service, word);
  const hold = `/v1/customers/${target.customerId}/legal-hold`;
  await service.send('PUT', hold, { body: { reason: word } });
  await service.send('DELETE', hold, { headers: { 'customary-reason': word } });
  expect(await rowsWith(word)).toEqual([]);
  erasure = await eraseNow(service, target.customerId);
  expect(erasure['status']).toBe('completed');
});
afterAll(() => service.stop());

/** The tables where a word stands readable, as text or as bytes. */
const rowsWith = async (text: string): Promise<string[]> => {
  const tables = await service.database.query<{ name: string }>(
    `SELECT c.relname::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
  );
  const hexadecimal = Buffer.from(text).toString('hex');
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await service.database.query(
        `SELECT 1 FROM ${name} t WHERE lower(t::text) LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%'`,
        [text.toLowerCase(), hexadecimal],
      );
      return rows.length > 0 ? [name] : [];
    }),
  );
  return found.flat();
};

describe('after an erasure', () => {
  test('no call of any contract that names the customer tells anything of it', async () => {
    const calls = Object.entries(routeExamples).flatMap(([name, { naming }]) =>
      naming(target).map((call) => [name, call] as const),
    );
    const made = (await service.create({ kind: 'person' }))['id'] as string;
    for (const [name, call] of calls) {
      const { text } = await makeCall(service, call);
      expect(text.toLowerCase(), `${name} ${call.method} ${call.path}`).not.toContain(word);
    }
    expect(calls.length).toBeGreaterThan(60);
    expect((await service.get(`/v1/customers/${made}`)).status).toBe(200);
    expect((await service.get(`/v1/customers/${target.customerId}`)).status).toBe(410);
  });

  test('it stands in no table but as sealed bytes whose key is gone', async () => {
    expect(await rowsWith(word)).toEqual([]);
    const keys = await service.database.query('SELECT wrapped FROM customer_key WHERE customer_id = $1', [
      target.customerId,
    ]);
    expect(keys).toEqual([{ wrapped: null }]);
  });

  test('its history is proven as before', async () => {
    const { customerId } = target;
    const verified = await verifyHistory(service.app.database, service.tenantId, { customerId });
    expect(verified).toMatchObject({ customers: 1, unproven: 0, found: 0 });
    expect(verified.entries).toBeGreaterThan(2);
  });

  test('a customer with the same values can be made, and has a number of its own', async () => {
    const again = await service.create({
      kind: 'person',
      name: 'Ada',
      accountNumber: `${word}2`,
      externalIds: { crm: `${word}2` },
    });
    await eraseNow(service, again['id']);
    const same = { kind: 'person', accountNumber: `${word}2`, externalIds: { crm: `${word}2` } };
    const third = await service.create(same);
    expect(third['number']).toBeGreaterThan(again['number']);
    await eraseNow(service, third['id']);
  });
});

describe('the certificate', () => {
  const certificate = async () =>
    (await service.get(`${erasureOf(target.customerId)}/certificate`)).body['certificate'] as string;
  const keys = async () => (await service.get('/v1/signing-keys')).body['keys'] as PublicJwk[];

  test('is signed by the tenant, tells what was done, and holds no personal value', async () => {
    const said = await verifyJws(await certificate(), await keys(), certificateType);
    expect(said).toEqual({
      erasureId: erasure['id'],
      tenant: service.tenantName,
      customerId: target.customerId,
      number: Number(target.number),
      requestedAt: erasure['requestedAt'],
      erasedAt: erasure['erasedAt'],
      windowWaived: true,
      destroyed: {
        dataKeys: 1,
        historyEntries: expect.any(Number),
        openRequests: 0,
        undeliveredEvents: 0,
        apiKeys: 0,
      },
      unreadable: expect.any(Array),
      recipients: [],
    });
    expect(JSON.stringify(said).toLowerCase()).not.toContain('zcanary');
    expect(erasure['certificate']).toBe(await certificate());
  });

  test('is none when one byte is changed, or another tenant signed it', async () => {
    const [head = '', payload = '', signature = ''] = (await certificate()).split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('"number":', '"number":1');
    const changed = [head, Buffer.from(forged).toString('base64url'), signature].join('.');
    expect(await verifyJws(changed, await keys(), certificateType)).toBeUndefined();
    const other = await service.otherTenant();
    const foreign = (await other.get('/v1/signing-keys')).body['keys'] as PublicJwk[];
    expect(await verifyJws(await certificate(), foreign, certificateType)).toBeUndefined();
  });
});

test('every webhook is told of an erasure whatever it asked for, without a personal value, and nothing else of it', async () => {
  const [native, vendor] = [await startReceiver(), await startReceiver()];
  const failing = await startReceiver(({ json }) => (json['type'] === 'customer.erased' ? 204 : 500));
  const { webhookId: one } = await makeWebhook(service, { url: native.url, events: ['customer.deleted'] });
  const { webhookId: two } = await makeWebhook(service, {
    url: vendor.url,
    contract: 'seamlessos',
    events: ['customer.created'],
  });
  const { webhookId: three } = await makeWebhook(service, { url: failing.url, events: ['customer.updated'] });
  const { id, number } = await service.create({ kind: 'person', name: 'Zlovelace' });
  await vendor.got(1);
  await service.patch(id, { name: 'Zlate' });
  await failing.got(1);
  await until(async () => (await stored(service.database, three)).webhook?.['failing'] === true);
  const made = await eraseNow(service, id);
  const said = await verifyJws(
    made['certificate'],
    (await service.get('/v1/signing-keys')).body['keys'],
    certificateType,
  );
  expect(said?.['recipients']).toEqual([
    { webhookId: one, contract: 'native' },
    { webhookId: two, contract: 'seamlessos' },
    { webhookId: three, contract: 'native' },
  ]);
  expect(said?.['destroyed']).toMatchObject({ undeliveredEvents: 1 });
  await service.database.query('UPDATE webhook SET retry_at = NULL');
  const told = (await native.got(1))[0]?.json;
  expect(told).toEqual({
    eventId: expect.any(String),
    type: 'customer.erased',
    occurredAt: made['erasedAt'],
    data: { id, number, erasedAt: made['erasedAt'] },
  });
  expect(said?.['erasedAt']).toBe(made['erasedAt']);
  expect((await vendor.got(2))[1]?.json).toEqual(told);
  await until(() => failing.messages.some(({ json }) => json['type'] === 'customer.erased'));
  const types = failing.messages.map(({ json }) => json['type']);
  expect(types.filter((type) => type === 'customer.erased')).toHaveLength(1);
  expect(types.at(-1)).toBe('customer.erased');
  expect(native.messages).toHaveLength(1);
});
