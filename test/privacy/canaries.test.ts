import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Mapping } from '../../src/mapping/define-mapping.ts';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { mergePatch } from '../../src/schema/merge-patch.ts';
import type { ContractExample } from '../contracts/contract-example.ts';
import { withoutNulls } from '../contracts/documents.ts';
import { contractExamples } from '../contracts/examples/all.ts';
import { type Named, speakerOf } from '../contracts/suite-support.ts';
import { type Client, createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { filesWith } from '../support/database-files.ts';
import { distinctCustomer, valuesAt } from '../support/distinct-customer.ts';
import { ownTexts, withOwnTexts } from '../support/own-texts.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, toLoopback, until } from '../support/webhooks.ts';

const run = randomBytes(3).toString('hex');
/** Texts that nothing else of the run writes. */
const marks = { open: `O${run}`, personal: `P${run}` };
const canary = new RegExp(`${marks.open}|${marks.personal}`, 'i');
const why = { 'customary-reason': `${marks.personal} asked` };

let database: TestDatabase;
let maker: TestService;
let service: ServiceProcess;
let client: Client;
const refused: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  maker = await startService({ database, settings: toLoopback });
  const receiver = await startReceiver(
    () => 500,
    (end) => afterAll(end),
  );
  for (const { contract } of contractExamples) {
    if (contract.webhooks)
      await makeWebhook(maker, { url: receiver.url, contract: contract.id, scopes: ['personal:read'] });
  }
  await makeWebhook(maker, { url: receiver.url, scopes: ['personal:read'] });
  await maker.app.stop();
  service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'trace', ...toLoopback });
  client = createClient(service.address, maker.secret, maker.tenantName);
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

let count = 0;
const unique = () => {
  count += 1;
  return { accountNumber: `${marks.open}a${count}`, registrationCode: `${marks.personal}r${count}` };
};
const record = (seed: string): JsonObject => ({
  ...distinctCustomer(seed, marks),
  ...unique(),
  protectionLevel: 3,
});

/** A document in which each text that the contract says of the record is a canary. */
const documentOf = ({ mapping, full, changeWire }: ContractExample, seed: string): JsonObject => {
  const said = withoutNulls(mapping, mapping.write(record(seed)));
  const whole = withOwnTexts(mapping, mergePatch(full, said) as JsonObject, `${marks.personal}own`);
  return ignoredMembers(changeWire ?? mapping.wire, whole).body;
};

/** What a contract takes when a customer is made, and never after. */
const atCreation: Record<string, JsonObject> = {
  seamlessos: { userIds: [`${marks.personal}user`], contactPersonUserId: `${marks.personal}person` },
};

/** Members of its own that a contract shows, and lets nobody write. */
const unwritten: Record<string, string[]> = { seamlessos: ['users.name', 'users.role'] };

/** The texts of a contract's own that show no canary in any of its documents. */
const withoutCanary = (mapping: Mapping, documents: JsonObject[]): string[] =>
  ownTexts(mapping).filter((path) =>
    documents.every((one) => !valuesAt(one, path).some((value) => canary.test(String(value)))),
  );

test('values are written through every contract, and refused through each', async () => {
  const key = (name: string) => ({ ...why, 'idempotency-key': `${marks.personal}${name}` });
  const made = await client.send('POST', '/v1/customers', { body: record('1'), headers: key('native') });
  expect(made.status, made.text).toBe(201);
  const named = made.body as unknown as Named;
  const noted = { note: `${marks.personal}` };
  expect((await client.patch(named.id, noted, { ...why, prefer: 'respond-async' })).status).toBe(202);
  expect((await client.get(`/v1/customers?name=${marks.personal}&email=${marks.personal}`)).status).toBe(200);
  refused.push((await client.patch(named.id, { email: marks.personal, kind: marks.open }, why)).text);
  refused.push((await client.get(`/v1/customers?updatedSince=${marks.personal}&number=${marks.open}`)).text);
  for (const example of contractExamples) {
    const speaker = await speakerOf(example, client);
    const of = example.contract.id;
    const child = (await client.create({ ...record('1'), parentId: named.id }, why)) as unknown as Named;
    const headers = { ...why, [example.idempotency.header.toLowerCase()]: `${marks.personal}${of}` };
    const update = example.calls.update(speaker.nameOf(child), documentOf(example, '2'));
    const { outcome, answer } = await speaker.finish({
      ...update,
      headers: { ...update.headers, ...headers },
    });
    expect(outcome, `${of} ${answer.text}`).toBe('success');
    const wrong = Object.fromEntries(
      Object.keys(example.full).map((member): [string, Json] => [member, { a: marks.personal.repeat(50) }]),
    );
    const bad = example.calls.update(speaker.nameOf(child), wrong);
    const refusal = await speaker.send({ ...bad, headers: { ...bad.headers, ...why } });
    expect(refusal.status, of).toBeGreaterThanOrEqual(400);
    refused.push(refusal.text);
    const shown = [await speaker.read(child)];
    expect(JSON.stringify(shown), of).toMatch(canary);
    const newborn = atCreation[of];
    if (newborn) {
      const creation = example.calls.create(newborn, speaker.nameOf(named));
      const born = await speaker.finish({ ...creation, headers: { ...creation.headers, ...why } });
      expect(born.outcome, `${of} ${born.answer.text}`).toBe('success');
      shown.push(example.documentOf(born.answer));
    }
    expect(withoutCanary(example.mapping, shown), of).toEqual(unwritten[of] ?? []);
  }
});

test('no refusal quotes one', () => {
  expect(refused.filter((text) => canary.test(text))).toEqual([]);
});

test('none is in the log of the process at its finest, nor in its metrics', async () => {
  const metrics = await (await fetch(`${service.address}/metrics`)).text();
  expect(metrics).toMatch(/customary/);
  expect(metrics).not.toMatch(canary);
  const lines = service.output().split('\n');
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => canary.test(line))).toEqual([]);
});

test('none is in any row of any table, in any file of the database, or in its write-ahead log', async () => {
  await until(async () => (await database.query('SELECT 1 FROM webhook_delivery LIMIT 1')).length > 0);
  const tables = await database.query<{ name: string }>(
    `SELECT c.relname::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
  );
  const filled: string[] = [];
  const forms = Object.values(marks).flatMap((mark) => [mark, Buffer.from(mark).toString('hex')]);
  for (const { name } of tables) {
    const rows = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    if (rows.length > 0) filled.push(name);
    const found = rows.filter(({ row }) => forms.some((form) => row.includes(form)));
    expect(found, name).toEqual([]);
  }
  const queues = [
    'access_log',
    'request',
    'idempotency_reply',
    'webhook_delivery',
    'history',
    'customer_lookup',
  ];
  expect(filled).toEqual(expect.arrayContaining(queues));
  for (const mark of Object.values(marks)) expect(await filesWith(database, mark)).toEqual([]);
  // The search does find what lies open.
  expect(await filesWith(database, 'customer.created')).not.toEqual([]);
});
