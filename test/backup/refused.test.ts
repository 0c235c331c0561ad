import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorError } from '../../src/errors.ts';
import { newDataKey } from '../../src/privacy/data-key.ts';
import { heldKeySource } from '../../src/privacy/held-key-source.ts';
import { type Manifest, recordOf } from '../../src/storage/backup/form.ts';
import { verifyBackup } from '../../src/storage/backup/read-file.ts';
import { restoreBackup } from '../../src/storage/backup/restore-backup.ts';
import { writeBackup } from '../../src/storage/backup/write-backup.ts';
import { writeBackupFile } from '../../src/storage/backup/write-file.ts';
import { chainOld } from '../../src/storage/chain-old.ts';
import { confirmWhole } from '../../src/storage/confirm-whole.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { migrate, migrateIn, prepareMigrations } from '../../src/storage/migrate.ts';
import { sealOld } from '../../src/storage/seal-old.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { backupDirectory, entryOf, restored, restoreInto } from './restored.ts';

const directory = await backupDirectory();
const tenantId = randomUUID();
let database: TestDatabase;
let path: string;
let whole: Buffer;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`INSERT INTO tenant VALUES ($1, 'acme', now())`, [tenantId]);
  await database.query(
    `INSERT INTO api_key SELECT $1, name, '', '', name, '', NULL, NULL, now() FROM unnest('{one,two,three}'::text[]) name`,
    [tenantId],
  );
  path = join(directory, 'whole');
  await writeBackup({ connectionString: database.url }, path);
  whole = await readFile(path);
});
afterAll(() => database.drop());

const tablesOf = (of: TestDatabase) =>
  of.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migration'`);

/** Expects that these bytes are no backup. */
const expectRefused = async (bytes: Buffer, sentence = /damaged or cut off|no backup|newer release/) => {
  const changed = join(directory, 'changed');
  await writeFile(changed, bytes);
  const refusal = await verifyBackup(changed).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(OperatorError);
  expect((refusal as Error).message).toMatch(sentence);
};

test('a file with any bit changed is refused', async () => {
  const place = fc.integer({ min: 0, max: whole.length * 8 - 1 });
  const run = fc.asyncProperty(place, async (bit) => {
    const changed = Buffer.from(whole);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    await expectRefused(changed);
  });
  await fc.assert(run, { numRuns: 150, examples: [[0], [18 * 8 + 3], [whole.length * 8 - 1]] });
});

test('a file that was cut off anywhere, or has something behind its end, is refused', async () => {
  const cut = fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), (length) =>
    expectRefused(whole.subarray(0, length)),
  );
  await fc.assert(cut, { numRuns: 60, examples: [[0], [whole.length - 1]] });
  await expectRefused(Buffer.concat([whole, Buffer.of(0)]));
  await expectRefused(Buffer.concat([whole, whole]));
});

test('a file of something else or of a later form is refused with a sentence', async () => {
  await expectRefused(
    Buffer.from('PGDMP and so on, longer than the line'),
    /no backup that customary backup made/,
  );
  await expectRefused(
    Buffer.from(whole.toString('latin1').replace('backup 1', 'backup 2'), 'latin1'),
    /newer release/,
  );
  await expectRefused(Buffer.concat([Buffer.from('customary-backup 1\n'), recordOf('C', Buffer.from('{}'))]));
  await expect(verifyBackup(join(directory, 'nowhere'))).rejects.toThrow(/nowhere cannot be read: ENOENT/);
});

test('a file that changes after it was found whole leaves nothing behind', async () => {
  const changing = join(directory, 'changing');
  await writeFile(changing, whole);
  const target = await createTestDatabase({ empty: true });
  const verified = verifyBackup(changing).then(async (backup) => {
    await writeFile(changing, whole.subarray(0, whole.length - 10));
    return backup;
  });
  const options = { ledger: [], keepWaiting: false, newId: uuidv7, judge: async () => {} };
  await expect(restoreBackup({ connectionString: target.url }, await verified, options)).rejects.toThrow(
    /cut off/,
  );
  expect(await tablesOf(target)).toEqual([]);
  await target.drop();
});

test('a database with a tenant is refused, and so is the second restore', async () => {
  const { database: target } = await restored(path);
  const before = await target.query('SELECT * FROM api_key ORDER BY key_id');
  expect(before).toHaveLength(3);
  await expect(restoreInto(target, path)).rejects.toThrow(/The database is not empty/);
  expect(await target.query('SELECT * FROM api_key ORDER BY key_id')).toEqual(before);
  await target.drop();
});

test('what the last judgement refuses is not loaded, and can be restored afterwards', async () => {
  const target = await createTestDatabase({ empty: true });
  const judge = () => Promise.reject(new OperatorError('No key'));
  await expect(restoreInto(target, path, { judge })).rejects.toThrow('No key');
  expect(await tablesOf(target)).toEqual([]);
  await restoreInto(target, path);
  expect(await target.query('SELECT name FROM tenant')).toEqual([{ name: 'acme' }]);
  await target.drop();
});

test('a backup of a newer program, of another one, or of changed tables is refused with nothing loaded', async () => {
  const { manifest } = await verifyBackup(path);
  const foreign: Record<string, (manifest: Manifest) => void> = {
    'newer than this program': ({ migrations }) =>
      migrations.push({ version: 9000, name: '9000-later.sql', checksum: '' }),
    'has another text': ({ migrations }) => Object.assign(migrations[0] as object, { checksum: 'other' }),
    'table webhook is another one': ({ tables }) =>
      tables.splice(
        tables.findIndex(({ name }) => name === 'webhook'),
        1,
      ),
    'table api_key is another one': ({ tables }) =>
      Object.assign(tables.find(({ name }) => name === 'api_key')?.columns[0] as object, { type: 'text' }),
  };
  const target = await createTestDatabase({ empty: true });
  for (const [index, [sentence, change]] of Object.entries(foreign).entries()) {
    const changed = structuredClone(manifest);
    change(changed);
    const file = join(directory, `foreign-${index}`);
    await writeBackupFile(file, changed, (async function* () {})());
    await expect(restoreInto(target, file)).rejects.toThrow(sentence);
    expect(await tablesOf(target)).toEqual([]);
  }
  await target.drop();
});

test('a backup of an older release is brought to the program’s version, also where empty tables of it are', async () => {
  const old = await createTestDatabase({ empty: true });
  const client = new pg.Client({ connectionString: old.url });
  await client.connect();
  await prepareMigrations(client);
  await client.query('BEGIN');
  await migrateIn(client, (version) => version <= 4);
  await client.query('COMMIT');
  await client.end();
  const [customerId, other] = [randomUUID(), randomUUID()];
  await old.query(`INSERT INTO tenant VALUES ($1, 'old', now())`, [tenantId]);
  await old.query(`INSERT INTO tenant_state VALUES ($1, 1002, 0, decode(repeat('07', 32), 'hex'))`, [
    tenantId,
  ]);
  for (const id of [customerId, other]) {
    await old.query(
      `INSERT INTO customer VALUES ($1, $2, $3, NULL, 1, now(), now(), NULL, '{}', '\\x007b7d')`,
      [tenantId, id, id === other ? 1002 : 1001],
    );
    await old.query(
      `INSERT INTO history VALUES ($1, $2, 1, date_trunc('milliseconds', now()), 'p', 'native', 'create', '[]', '\\x007b7d')`,
      [tenantId, id],
    );
  }
  const file = join(directory, 'old');
  await writeBackup({ connectionString: old.url }, file);
  expect((await verifyBackup(file)).manifest.migrations.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  // As commands that were tried before the restore leave it behind.
  const target = await createTestDatabase();
  const { migrations } = await restoreInto(target, file, { ledger: [entryOf(tenantId, customerId)] });
  expect(migrations).toContain('0005-keys.sql');
  expect(await migrate({ connectionString: target.url })).toEqual([]);
  // What lay plain has no key to destroy: it is gone.
  expect(await target.query('SELECT customer_id AS id FROM history')).toEqual([{ id: other }]);
  const [erased] = await target.query('SELECT sealed, erased_at FROM customer WHERE customer_id = $1', [
    customerId,
  ]);
  expect(erased).toEqual({ sealed: Buffer.alloc(0), erased_at: expect.any(Date) });
  await expectWhole(target);
  await Promise.all([old.drop(), target.drop()]);
});

/** Expects that `keys seal` makes the tenant whole, as an operator does after an upgrade. */
const expectWhole = async (target: TestDatabase) => {
  const keys = [newDataKey()];
  const owner = openDatabase({
    connection: { connectionString: target.url },
    poolSize: 2,
    statementTimeoutMs: 10_000,
    prepare: false,
    role: null,
    keySource: await heldKeySource(async () => keys),
  });
  await sealOld(owner, tenantId);
  await chainOld(owner, tenantId);
  expect(await confirmWhole(owner, tenantId)).toBe(true);
  await owner.close();
};

test('a restored database has the tables, the rights and the row-level security of a new one', async () => {
  const { database: target } = await restored(path);
  const shape = `SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1`;
  expect(await target.query(shape)).toEqual(await database.query(shape));
  await target.drop();
});

test('a table of another program is not ours, though it has tenants: it is neither backed up nor in the way', async () => {
  const foreign = async (of: TestDatabase) => {
    await of.query('CREATE TABLE foreign_one (tenant_id uuid)');
    await of.query('INSERT INTO foreign_one VALUES ($1)', [tenantId]);
  };
  const { database: source } = await restored(path);
  await foreign(source);
  const file = join(directory, 'beside');
  await writeBackup({ connectionString: source.url }, file);
  const { manifest } = await verifyBackup(file);
  expect(manifest.tables).toEqual((await verifyBackup(path)).manifest.tables);
  const target = await createTestDatabase();
  await foreign(target);
  await restoreInto(target, file);
  expect(await target.query('SELECT name FROM tenant')).toEqual([{ name: 'acme' }]);
  expect(await target.query('SELECT tenant_id FROM foreign_one')).toEqual([{ tenant_id: tenantId }]);
  await Promise.all([source.drop(), target.drop()]);
});

test('a database that is newer than the program is not backed up, since tables of it would be forgotten', async () => {
  const { database: newer } = await restored(path);
  await newer.query(`INSERT INTO schema_migration VALUES (9000, '9000-later.sql', '', now())`);
  const file = join(directory, 'newer');
  await expect(writeBackup({ connectionString: newer.url }, file)).rejects.toThrow(
    'it has migration 9000-later.sql',
  );
  await newer.drop();
});

test('every table of ours is found in the catalog', async () => {
  const { manifest } = await verifyBackup(path);
  const tables = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const left = tables
    .map(({ name }) => name)
    .filter((name) => !manifest.tables.some((one) => one.name === name));
  expect(left.sort()).toEqual(['schema_migration', 'session']);
});

test('a backup that fails leaves no file, and of a database that was never used there is none', async () => {
  const names = await readdir(directory);
  const failing = (async function* () {
    yield {
      table: 't',
      tenantId,
      content: (async function* () {
        yield Buffer.alloc(10);
        throw new Error('away');
      })(),
      rows: async () => 0,
    };
  })();
  const { manifest } = await verifyBackup(path);
  await expect(writeBackupFile(join(directory, 'failed'), manifest, failing)).rejects.toThrow('away');
  const unused = await createTestDatabase({ empty: true });
  const none = writeBackup({ connectionString: unused.url }, join(directory, 'failed'));
  await expect(none).rejects.toThrow(/never used by Customary/);
  await unused.drop();
  expect(await readdir(directory)).toEqual(names);
});

test('rows of any size pass in bounded memory, both ways', async () => {
  const big = await createTestDatabase();
  await big.query(`INSERT INTO tenant VALUES ($1, 'big', now())`, [tenantId]);
  await big.query(
    `INSERT INTO history SELECT $1, gen_random_uuid(), n, now(), 'p', 'native', 'create', '[]', convert_to(repeat('x', 2000000), 'UTF8')
     FROM generate_series(1, 60) n`,
    [tenantId],
  );
  let most = 0;
  const before = process.memoryUsage().rss;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 5);
  const file = join(directory, 'big');
  await writeBackup({ connectionString: big.url }, file);
  const { database: target } = await restored(file);
  clearInterval(timer);
  expect(await target.query('SELECT count(*)::int AS rows FROM history')).toEqual([{ rows: 60 }]);
  // Two thirds of what the rows hold.
  expect(most).toBeLessThan(80_000_000);
  await Promise.all([big.drop(), target.drop()]);
});
