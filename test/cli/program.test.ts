import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandIn, jsonOf, temporaryDirectory } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';

test('the migration is done on demand and says what it applied', async () => {
  const database = await createTestDatabase({ empty: true });
  onTestFinished(database.drop);
  const run = commandIn({ DATABASE_URL: database.url });
  expect(jsonOf(await run(['migrate', '--json']))['applied'][0]).toBe('0001-customer-record.sql');
  expect(await run(['migrate'])).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' });
});

test('shows every setting, and no password', async () => {
  const settings = commandIn({
    DATABASE_URL: 'postgresql://app:hush@db.example:5432/customary',
    PORT: '9000',
    KEY_COMMAND: '/usr/bin/kms --token=hush',
  });
  const [text, json] = await Promise.all([settings(['config']), settings(['config', '--json'])]);
  expect(text.stdout).toMatch(/^PORT +9000 +8080 +TCP port/m);
  expect(text.stdout + json.stdout).not.toContain('hush');
  expect(text.stdout).toContain('/usr/bin/kms ****');
  const url = jsonOf(json)['settings'].find((one: { name: string }) => one.name === 'DATABASE_URL');
  expect(url.value).toBe('postgresql://app:****@db.example:5432/customary');
});

test('helps: commands, a guess at a mistyped one, its version', async () => {
  const run = commandIn({});
  const [help, typo, version] = await Promise.all([
    run(['--help']),
    run(['tenant', 'crate', 'x']),
    run(['--version']),
  ]);
  for (const word of ['serve', 'migrate', 'tenant', 'key', 'customer', 'config', 'Exit codes']) {
    expect(help.stdout).toContain(word);
  }
  expect(help.code).toBe(0);
  expect(typo).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('Did you mean create?'),
  });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('says in a sentence that a database can not be reached', async () => {
  const away = commandIn({ DATABASE_URL: 'postgresql://app:hush@127.0.0.1:1/customary' });
  const { code, stdout, stderr } = await away(['tenant', 'list']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^customary: The database cannot be used: .*ECONNREFUSED.*\n$/);
  expect(stderr).not.toContain('hush');
});

test('a command that reads makes no database where there is none, as in a mistyped DATA_DIR', async () => {
  const directory = await temporaryDirectory();
  const DATA_DIR = join(directory, 'dtaa');
  const { code, stdout, stderr } = await commandIn({ DATA_DIR })(['tenant', 'list']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`There is no database in ${DATA_DIR}.`);
  expect(await readdir(directory)).toEqual([]);
});
