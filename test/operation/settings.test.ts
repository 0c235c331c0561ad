import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { OperatorError } from '../../src/errors.ts';
import { tryLedger } from '../../src/privacy/erasure-ledger.ts';
import { settings } from '../../src/settings.ts';
import { explain, openPlace } from '../../src/storage/place.ts';
import { commandIn, temporaryDirectory } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';

describe('a wrong setting is refused with a sentence that names it and its rule', () => {
  test.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '80a', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535'],
    ['DATABASE_URL', 'mysql://db/customary', 'DATABASE_URL must be a URL like postgresql://'],
    ['DATABASE_URL', 'postgresql://[broken', 'DATABASE_URL must be a URL like postgresql://'],
    [
      'DATABASE_URL',
      'postgresql://db/customary?sslmode=bogus',
      'DATABASE_URL must have an sslmode that is one of',
    ],
    ['MIGRATION_DATABASE_URL', 'db.example:5432', 'MIGRATION_DATABASE_URL must be a URL like postgresql://'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error'],
    ['DATABASE_POOL_SIZE', '1', 'DATABASE_POOL_SIZE must be a whole number from 2'],
    ['STATEMENT_TIMEOUT_MS', '1e3', 'STATEMENT_TIMEOUT_MS must be a whole number'],
    ['BODY_LIMIT_BYTES', '1.5', 'BODY_LIMIT_BYTES must be a whole number'],
    ['BATCH_LIMIT_BYTES', '0', 'BATCH_LIMIT_BYTES must be a whole number'],
    ['RATE_LIMIT_KEY_PER_SECOND', 'none', 'RATE_LIMIT_KEY_PER_SECOND must be a whole number'],
    ['RATE_LIMIT_TENANT_PER_SECOND', '-5', 'RATE_LIMIT_TENANT_PER_SECOND must be a whole number'],
    ['SHUTDOWN_TIMEOUT_MS', '٣٠٠', 'SHUTDOWN_TIMEOUT_MS must be a whole number'],
  ])('%s=%s', (name, value, sentence) => {
    const reading = () => readConfig({ [name]: value });
    expect(reading).toThrow(OperatorError);
    expect(reading).toThrow(sentence);
  });

  test('and a right one is taken, an empty one counts as absent', () => {
    const config = readConfig({ PORT: '0', HOST: ' ::1 ', DATABASE_URL: '', LOG_LEVEL: 'warn' });
    expect(config).toMatchObject({ PORT: 0, HOST: '::1', DATABASE_URL: null, LOG_LEVEL: 'warn' });
    expect(Object.keys(config)).toEqual(Object.keys(settings));
  });
});

test('a wrong setting stops the start before anything else, with exit code 2', async () => {
  const result = await commandIn({ PORT: 'eighty', DATA_DIR: '/nowhere' })(['serve']);
  expect(result).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^customary: PORT must be .*\n$/),
  });
});

test('an address that can not be listened on stops the start with a sentence: a port in use, a foreign host', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<{ port: number }>((resolve) =>
    other.once('listening', () => resolve(other.address() as { port: number })),
  );
  const database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'silent' };
  const [inUse, foreign] = await Promise.all([
    commandIn({ ...environment, PORT: String(port) })(['serve', '--no-demo']),
    commandIn({ ...environment, HOST: '192.0.2.1' })(['serve', '--no-demo']),
  ]).finally(async () => {
    other.close();
    await database.drop();
  });
  const sentence = `customary: Port ${port} on 127.0.0.1 is in use. Stop the other program or set PORT to another one.\n`;
  expect(inUse).toEqual({ code: 2, stdout: '', stderr: sentence });
  expect(foreign).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('no address 192.0.2.1') });
});

test.each([
  ['a directory', ''],
  ['below a file', 'file/erasures.ledger'],
])('an erasure ledger that can not be written stops the start with a sentence: %s', async (_, name) => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'file'), '');
  const environment = {
    DATABASE_URL: 'postgresql://127.0.0.1:1/none',
    ERASURE_LEDGER: join(directory, name),
  };
  const { code, stderr } = await commandIn(environment)(['serve']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^customary: The erasure ledger .* \(E\w+\)\. Set ERASURE_LEDGER/),
  ]);
});

test('an erasure ledger that is not there yet is not made by trying it', async () => {
  const directory = await temporaryDirectory();
  await tryLedger(join(directory, 'keys', 'erasures.ledger'));
  expect(await readdir(directory)).toEqual([]);
});

test('a server without TLS, and a certificate that is not trusted, are told in a sentence', async () => {
  // What PostgreSQL says to a client that asks for TLS where it has none.
  const server = createServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const urls = ['verify-full', 'require'].map(
    (mode) => `postgresql://127.0.0.1:${port}/none?sslmode=${mode}`,
  );
  const run = (url: string) => commandIn({ DATABASE_URL: url })(['tenant', 'list']);
  const answers = await Promise.all(urls.map(run)).finally(() => server.close());
  const stderr = expect.stringMatching(/^customary: The database cannot be used: .* support SSL.*\n$/);
  for (const answer of answers) expect(answer).toEqual({ code: 2, stdout: '', stderr });
  for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED']) {
    expect(explain(Object.assign(new Error('not trusted'), { code }))).toBeInstanceOf(OperatorError);
  }
});

test('a database that holds another program’s tables is refused with a sentence', async () => {
  const database = await createTestDatabase({ empty: true });
  onTestFinished(database.drop);
  await database.query('CREATE TABLE customer (id integer)');
  const result = await commandIn({ DATABASE_URL: database.url })(['migrate']);
  expect(result).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^customary: The database holds what Customary did not make: .*"customer".*\n$/,
    ),
  });
});

test('the embedded server takes as many connections as the pool may have, and those of commands', async () => {
  const config = readConfig({ DATA_DIR: await temporaryDirectory(), DATABASE_POOL_SIZE: '90' });
  const place = await openPlace(config, { debug() {}, warn() {} }, false);
  const client = new pg.Client({ connectionString: place.service });
  await client.connect();
  const { rows } = await client.query('SHOW max_connections').finally(() => client.end().then(place.stop));
  expect(rows).toEqual([{ max_connections: '140' }]);
});
