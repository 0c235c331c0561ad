import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { appendToLedger, readLedger } from '../../src/privacy/erasure-ledger.ts';
import { contentOf, entryOf } from '../backup/restored.ts';
import { commandIn, jsonOf, temporaryDirectory } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { program } from '../support/process.ts';
import { startService, type TestService } from '../support/service.ts';
import { sourceKey } from '../support/source-key.ts';
import { until } from '../support/webhooks.ts';

let service: TestService;
let target: TestDatabase;
const owner = `customary_owner_${randomBytes(4).toString('hex')}`;
beforeAll(async () => {
  service = await startService();
  // An owner as docs/operating.md makes it: no superuser, and bound by row-level security.
  target = await createTestDatabase({ empty: true });
  await target.query(`CREATE ROLE ${owner} LOGIN IN ROLE customary_app`);
  await target.query(`ALTER DATABASE "${new URL(asUrl(target.url)).pathname.slice(1)}" OWNER TO ${owner}`);
});
afterAll(async () => {
  await target.drop();
  await service.database.query(`DROP ROLE ${owner}`);
  await service.stop();
});

/** A URL that names no host, as one of a unix socket, has one for the time of being read. */
const asUrl = (url: string): string => url.replace('@/', '@localhost/');

test('an ordinary owner restores on a server, with the key of that time and without who was erased', async () => {
  const directory = await temporaryDirectory();
  const file = join(directory, 'one.backup');
  const [erased, kept] = [await service.create({ name: 'Erased' }), await service.create({ name: 'Kept' })];
  const source = commandIn({ DATABASE_URL: service.database.url });
  const made = jsonOf(await source(['backup', file, '--json']));
  expect(made).toMatchObject({
    file,
    rows: { customer: 2, history: 2, outbox: 2 },
    bytes: expect.any(Number),
  });
  expect(made['seconds']).toBeLessThan(30);
  expect((await contentOf(file)).includes('Erased')).toBe(false);
  expect(await source(['backup', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('already'),
  });
  expect(jsonOf(await source(['restore', file, '--check', '--json']))['rows']).toEqual(made['rows']);

  const ledger = join(directory, 'keys', 'own.ledger');
  const other = join(directory, 'other.ledger');
  const entry = entryOf(service.tenantId, erased['id'], erased['number']);
  await appendToLedger(other, entry);
  const environment = {
    DATABASE_URL: target.url.replace(/\/\/[^@]*@/, `//${owner}@`),
    ERASURE_LEDGER: ledger,
  };
  const restore = commandIn(environment);
  const wrong = commandIn({ ...environment, SOURCE_KEY: randomBytes(32).toString('base64') });
  for (const [run, words, sentence] of [
    [wrong, ['--ledger', other], /source key that is configured does not open the keys/],
    [restore, ['--ledger', join(directory, 'nowhere')], /no erasure ledger .*nowhere/],
  ] as const) {
    const refused = await run(['restore', file, ...words]);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
  }
  expect(await readLedger(ledger)).toEqual([]);
  const done = jsonOf(await restore(['restore', file, '--ledger', other, '--json']));
  expect(done).toMatchObject({
    rows: made['rows'],
    erased: 1,
    keysChecked: true,
    ledgers: [
      { path: ledger, entries: 0 },
      { path: other, entries: 1 },
    ],
  });
  // The next restore knows of it without being told.
  expect(await readLedger(ledger)).toEqual([entry]);
  expect(await target.query('SELECT (SELECT count(*)::int FROM outbox) AS outbox')).toEqual([{ outbox: 0 }]);
  const [tenant] = await target.query<{ name: string }>('SELECT name FROM tenant');
  const get = (id: string) => restore(['customer', 'get', id, '--tenant', tenant?.name ?? '', '--json']);
  expect(jsonOf(await get(kept['id']))).toMatchObject({ name: 'Kept' });
  expect((await get(erased['id'])).stderr).toMatch(/erased/);
  const again = await restore(['restore', file]);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('The database is not empty') });
});

test('without keys it says so, and events that wait are kept when it is told to', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'keys'));
  const file = join(directory, 'two.backup');
  await commandIn({ DATABASE_URL: service.database.url })(['backup', file]);
  const empty = await createTestDatabase({ empty: true });
  const run = commandIn({
    DATABASE_URL: empty.url,
    SOURCE_KEY: '',
    DATA_DIR: directory,
    ERASURE_LEDGER: join(directory, 'none'),
  });
  const refused = await run(['restore', file]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no key file') });
  const done = await run(['restore', file, '--without-keys', '--keep-waiting']);
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^customer +2$/m) });
  expect(done.stderr).toMatch(/no erasure is in .*none/);
  expect(done.stderr).toMatch(/the source key was not tried/);
  expect(await empty.query('SELECT count(*)::int AS outbox FROM outbox')).toEqual([{ outbox: 2 }]);
  await empty.drop();
});

test.each(['SIGINT', 'SIGTERM'] as const)('a backup that is ended by %s leaves no file', async (signal) => {
  const directory = await temporaryDirectory();
  // It waits in the middle of it.
  const holder = new pg.Client({ connectionString: service.database.url });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('BEGIN; LOCK TABLE history IN ACCESS EXCLUSIVE MODE');
  const env = { PATH: process.env['PATH'] ?? '', ...sourceKey, DATABASE_URL: service.database.url };
  const child = spawn(process.execPath, [program, 'backup', join(directory, 'one.backup')], { env });
  const ended = once(child, 'exit');
  await until(async () => (await readdir(directory)).length === 1);
  child.kill(signal);
  expect((await ended)[0]).toBeGreaterThan(128);
  expect(await readdir(directory)).toEqual([]);
});
