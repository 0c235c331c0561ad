import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { erasureTools } from '../../src/erasure-tools.ts';
import type { ErasureTools } from '../../src/jobs/carry-out-erasure.ts';
import { readLedger } from '../../src/privacy/erasure-ledger.ts';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { range } from '../support/answers.ts';
import { createClient } from '../support/client.ts';
import { temporaryDirectory } from '../support/command.ts';
import { carryOutDue, eraseNow, erasureOf, schedule } from '../support/erasures.ts';
import { holdCustomer, holdLock } from '../support/lock.ts';
import { noLimits } from '../support/no-limits.ts';
import { startProcess } from '../support/process.ts';
import { ended, later } from '../support/requests.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';
import { makeWebhook, until } from '../support/webhooks.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const person = async (): Promise<string> => (await service.create({ kind: 'person', name: 'Zada' }))['id'];
const status = async (id: string) => (await service.get(`/v1/customers/${id}`)).status;
const digestOf = (certificate: string) => createHash('sha256').update(certificate).digest('hex');
const rowsOf = (table: string, id: string, where = 'true') =>
  service.database.query(`SELECT * FROM ${table} WHERE customer_id = $1 AND ${where}`, [id]);

const steps: [string, (tools: ErasureTools, fail: () => never) => ErasureTools][] = [
  ['the signature', (tools, fail) => ({ ...tools, sign: async () => fail() })],
  [
    'the certificate is kept',
    (tools, fail) => ({ ...tools, work: { ...tools.work, keepCertificate: async () => fail() } }),
  ],
  ['the ledger', (tools, fail) => ({ ...tools, enter: async () => fail() })],
  [
    'the key is destroyed',
    (tools, fail) => ({ ...tools, work: { ...tools.work, complete: async () => fail() } }),
  ],
];

test.each(steps)('what fails before %s is readable by nobody, and is completed', async (_name, breaking) => {
  const ledger = join(await temporaryDirectory(), 'erasures.ledger');
  const tools = erasureTools(service.app.database, { ...service.config, ERASURE_LEDGER: ledger });
  const id = await person();
  const bound = await service.withKey({ customerId: id });
  const accepted = await service.patch(id, { note: 'later' }, later);
  await ended(service, accepted);
  const key = { 'idempotency-key': `x-${id}` };
  await service.patch(id, { note: 'kept' }, key);
  await schedule(service, id, { waiveWindow: true });
  const broken = breaking(tools, () => {
    throw new Error('died');
  });
  // The service itself may have been faster; then there is nothing left that could break.
  await carryOutDue(service, broken).catch(() => {});
  expect(await status(id)).toBe(410);
  expect((await service.patch(id, { note: 'x' })).status).toBe(410);
  expect((await service.patch(id, { note: 'kept' }, key)).status).toBe(410);
  expect((await service.get(accepted.headers.get('location') as string)).status).toBe(410);
  expect((await bound.get('/v1/customers')).status).toBe(401);
  await carryOutDue(service, tools);
  const { body } = await service.get(erasureOf(id));
  expect(body['status']).toBe('completed');
  expect(await rowsOf('customer_key', id, 'wrapped IS NULL')).toHaveLength(1);
  expect(await rowsOf('outbox', id, "type = 'customer.erased'")).toHaveLength(1);
  for (const line of await readLedger(ledger)) expect(line.certificate).toBe(digestOf(body['certificate']));
});

test('while the first step is not done the customer is there, whole', async () => {
  const id = await person();
  const lock = await holdCustomer(service.database, id);
  const scheduling = schedule(service, id, { waiveWindow: true });
  await lock.awaited();
  expect(await status(id)).toBe(200);
  await lock.release();
  expect((await scheduling).status).toBe(201);
});

test('a change at the same moment is made before it or never, and the certificate counts it', async () => {
  await Promise.all(
    range(4).map(async () => {
      const id = await person();
      const changes = range(6).map((n) => service.patch(id, { note: `note ${n}` }));
      const [erasure, ...answers] = await Promise.all([eraseNow(service, id), ...changes]);
      const made = answers.filter((answer) => answer.status === 200).length;
      expect(answers.filter((answer) => answer.status === 410).length).toBe(answers.length - made);
      await until(async () => (await service.get(erasureOf(id))).body['status'] === 'completed');
      expect(await rowsOf('history', id)).toHaveLength(1 + made);
      expect(await rowsOf('customer', id, "sealed = '' AND erased_at IS NOT NULL")).toHaveLength(1);
      expect(await rowsOf('customer_unique', id)).toEqual([]);
      const { certificate } = (await service.get(erasureOf(id))).body;
      const said = JSON.parse(Buffer.from(certificate.split('.')[1], 'base64url').toString());
      expect(said.destroyed.historyEntries).toBe(1 + made);
      expect(erasure['customerId']).toBe(id);
    }),
  );
});

test('two that carry out the same erasure leave one certificate and one event', async () => {
  const id = await person();
  await schedule(service, id, { waiveWindow: true });
  await Promise.all(range(4).map(() => carryOutDue(service)));
  await until(async () => (await service.get(erasureOf(id))).body['status'] === 'completed');
  expect(await rowsOf('outbox', id, "type = 'customer.erased'")).toHaveLength(1);
  expect(await rowsOf('erasure', id)).toHaveLength(1);
});

test('a hold or a cancellation comes before the moment of no return, or is refused', async () => {
  const id = await person();
  await schedule(service, id, { waiveWindow: true });
  const [held] = await Promise.all([
    service.send('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'court' } }),
    carryOutDue(service),
  ]);
  const { body } = await service.get(erasureOf(id));
  expect([held.status, body['status'] === 'held']).toEqual(held.status === 200 ? [200, true] : [410, false]);
});

test('an erasure that is not due is completed where a restore erased the customer', async () => {
  const id = await person();
  await schedule(service, id);
  await destroyDataKey(service.app.database, await tenantOf(service), id);
  await carryOutDue(service);
  const { body } = await service.get(erasureOf(id));
  expect(body['status']).toBe('completed');
  expect(body).not.toHaveProperty('reason');
});

test('a process that is killed between the ledger and the key has its work completed by the next one', async () => {
  const ledger = join(await temporaryDirectory(), 'erasures.ledger');
  const own = await startService({ settings: { ERASURE_LEDGER: ledger } });
  const id = (await own.create({ kind: 'person', name: 'Zada' }))['id'] as string;
  const { webhookId } = await makeWebhook(own, { url: 'https://example.org/' });
  await own.database.query('UPDATE webhook SET ended_at = now() WHERE webhook_id = $1', [webhookId]);
  await own.database.query(
    `INSERT INTO webhook_delivery
       (tenant_id, webhook_id, customer_id, version, event_id, type, occurred_at, attempts, due_at)
     VALUES ($1, $2, $3, 1, $2, 'customer.created', now(), 0, 'infinity')`,
    [own.tenantId, webhookId, id],
  );
  await own.app.stop();
  const start = () =>
    startProcess({ DATABASE_URL: own.database.url, ERASURE_LEDGER: ledger, SWEEP_MS: '50', ...noLimits }, [
      '--no-demo',
    ]);
  // The last step drops messages that wait, and waits here.
  const message = 'SELECT 1 FROM webhook_delivery WHERE webhook_id = $1 FOR UPDATE';
  const lock = await holdLock(own.database, message, [webhookId]);
  const first = await start();
  await schedule(createClient(first.address, own.secret), id, { waiveWindow: true });
  await lock.awaited();
  await first.end('SIGKILL');
  await lock.release();
  const stored = async () =>
    (
      await own.database.query(
        `SELECT e.status, e.certificate, k.wrapped IS NULL AS destroyed FROM erasure e
         JOIN customer_key k USING (tenant_id, customer_id) WHERE customer_id = $1`,
        [id],
      )
    )[0] as { status: string; certificate: string; destroyed: boolean };
  const left = await stored();
  expect(left).toMatchObject({ status: 'erasing', destroyed: false });
  const [line] = await readLedger(ledger);
  expect(line).toMatchObject({ customerId: id, certificate: digestOf(left.certificate) });
  const second = await start();
  const client = createClient(second.address, own.secret);
  expect((await client.get(`/v1/customers/${id}`)).status).toBe(410);
  await until(async () => (await stored()).status === 'completed');
  expect(await stored()).toEqual({ status: 'completed', certificate: left.certificate, destroyed: true });
  await second.end();
  await own.database.drop();
});
