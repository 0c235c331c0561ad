import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newDataKey } from '../../src/privacy/data-key.ts';
import { heldKeySource, readSourceKeys } from '../../src/privacy/held-key-source.ts';
import { commandKeySource } from '../../src/privacy/key-command.ts';
import { addKeyToFile, keepFirstKey, makeKeyFile, readKeyFile } from '../../src/privacy/key-file.ts';
import { commandIn, jsonOf, temporaryDirectory } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';

describe('the key file', () => {
  test('is for its owner alone, and two first starts end with one key', async () => {
    const path = join(await temporaryDirectory(), 'deep', 'source.key');
    const made = await Promise.all([makeKeyFile(path), makeKeyFile(path), makeKeyFile(path)]);
    expect(made.filter((one) => one)).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readKeyFile(path)).toHaveLength(1);
  });

  test('takes a new key before the old one, and lets go of the old one when told', async () => {
    const path = join(await temporaryDirectory(), 'source.key');
    await makeKeyFile(path);
    const source = await heldKeySource(async () => (await readKeyFile(path)) ?? []);
    const [key, purpose] = [newDataKey(), 'test'];
    const before = await source.wrap(key, purpose);
    await addKeyToFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    // Without a restart.
    expect(await source.isCurrent(before)).toBe(false);
    const after = await source.wrap(key, purpose);
    for (const wrapped of [before, after]) {
      expect((await source.unwrap(wrapped, purpose)).equals(key)).toBe(true);
    }
    await keepFirstKey(path);
    const later = await heldKeySource(async () => (await readKeyFile(path)) ?? []);
    expect((await later.unwrap(after, purpose)).equals(key)).toBe(true);
    await expect(later.unwrap(before, purpose)).rejects.toThrow(/which is not there/);
  });

  test('of another form is refused with a sentence that quotes none of it', async () => {
    const path = join(await temporaryDirectory(), 'source.key');
    for (const text of ['', '# nothing', 'Zsecret', Buffer.alloc(31).toString('base64')]) {
      await writeFile(path, text);
      const reading = readKeyFile(path);
      await expect(reading).rejects.toThrow(/must hold keys of 32 bytes/);
      await expect(reading).rejects.not.toThrow(/Zsecret/);
    }
  });
});

test('what was wrapped for one purpose is not unwrapped for another', async () => {
  const source = await heldKeySource(async () => readSourceKeys(Buffer.alloc(32, 1).toString('hex'), 'It'));
  const wrapped = await source.wrap(newDataKey(), 'tenant key|a|1');
  await expect(source.unwrap(wrapped, 'tenant key|b|1')).rejects.toThrow(/moved/);
});

describe('the command', () => {
  /** A key management service in small: it turns the bytes round, and writes the purpose before them. */
  const script = `
    const [word, purpose] = process.argv.slice(-2);
    let text = '';
    process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
      const bytes = Buffer.from(text, 'base64');
      const head = Buffer.from(purpose + '\\0');
      if (word === 'wrap') return console.log(Buffer.concat([head, bytes.reverse()]).toString('base64'));
      if (!bytes.subarray(0, head.length).equals(head)) process.exit(3);
      console.log(bytes.subarray(head.length).reverse().toString('base64'));
    });`;
  const commandOf = async (text: string) => {
    const path = join(await temporaryDirectory(), 'kms.cjs');
    await writeFile(path, text);
    return `${process.execPath} ${path}`;
  };

  test('wraps and unwraps, for the same purpose alone', async () => {
    const source = commandKeySource(await commandOf(script), 10_000);
    const key = newDataKey();
    const wrapped = await source.wrap(key, 'a|b');
    expect(wrapped.wrapped.includes(key.export())).toBe(false);
    expect((await source.unwrap(wrapped, 'a|b')).equals(key)).toBe(true);
    await expect(source.unwrap(wrapped, 'a|c')).rejects.toThrow(/unwrap a key: it ended with 3/);
  });

  test.each([
    ['fails', 'process.exit(1)', /ended with 1/],
    ['gives nothing', '', /gave nothing/],
    ['gives too little', 'console.log("AAAA")', /no key of 32 bytes/],
    ['never ends', 'setInterval(() => {}, 1000)', /took too long/],
  ])('that %s is an error in bounded time', async (_, text, message) => {
    const source = commandKeySource(await commandOf(text), 1000);
    await expect(source.unwrap({ source: 'command', wrapped: Buffer.from('x') }, 'p')).rejects.toThrow(
      message,
    );
  });

  test('that is not there is an error', async () => {
    await expect(commandKeySource('/nowhere/kms', 1000).wrap(newDataKey(), 'p')).rejects.toThrow(/ENOENT/);
  });
});

test('the first start makes the key file and says so; without it the next start is refused, and makes no other', async () => {
  const [directory, database] = [await temporaryDirectory(), await createTestDatabase()];
  const path = join(directory, 'keys', 'source.key');
  const run = commandIn({ DATA_DIR: directory, DATABASE_URL: database.url, SOURCE_KEY: '' });
  const first = await run(['tenant', 'create', 'acme']);
  expect(first.code).toBe(0);
  expect(first.stderr).toContain(`The key file ${path} was made. Back it up`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const listed = jsonOf(await run(['keys', 'list', '--json']));
  expect(listed['keys']).toMatchObject([{ tenant: 'acme', generation: 1, state: 'current', customers: 0 }]);
  expect(JSON.stringify(listed)).not.toContain((await readFile(path, 'utf8')).split('\n').at(-2));
  const kept = await readFile(path);
  await rm(path);
  const refused = await run(['key', 'create', '--tenant', 'acme', '--scopes', 'customer:read']);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining(`there is no key file at ${path}`),
  ]);
  await expect(stat(path)).rejects.toThrow('ENOENT');
  await writeFile(path, kept);
  expect((await run(['key', 'create', '--tenant', 'acme', '--scopes', 'customer:read'])).code).toBe(0);
  await database.drop();
});

test('the command line rotates the tenant’s key and the source’s, and drops the old one when told', async () => {
  const [directory, database] = [await temporaryDirectory(), await createTestDatabase()];
  const run = commandIn({ DATA_DIR: directory, DATABASE_URL: database.url, SOURCE_KEY: '' });
  const path = join(directory, 'keys', 'source.key');
  expect((await run(['tenant', 'create', 'acme'])).code).toBe(0);
  expect(jsonOf(await run(['keys', 'rotate', '--tenant', 'acme', '--json']))).toMatchObject({
    generation: 2,
    resumed: false,
    deleted: [1],
  });
  const [before] = (await readKeyFile(path)) ?? [];
  expect(jsonOf(await run(['keys', 'rotate-source', '--json']))).toMatchObject({
    rewrapped: 1,
    dropped: false,
  });
  expect(await readKeyFile(path)).toHaveLength(2);
  expect(jsonOf(await run(['keys', 'rotate-source', '--drop-old', '--json']))).toMatchObject({
    dropped: true,
  });
  const [after, ...rest] = (await readKeyFile(path)) ?? [];
  expect([rest.length, after?.equals(before!)]).toEqual([0, false]);
  expect((await run(['key', 'list', '--tenant', 'acme'])).code).toBe(0);
  expect(jsonOf(await run(['keys', 'seal', '--tenant', 'acme', '--json']))).toMatchObject({ sealed: 0 });
  await database.drop();
});

test('a source key that did not wrap what is stored stops the service and every command, and makes no tenant', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const [right, wrong] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
  const withKey = (SOURCE_KEY: string) =>
    commandIn({ DATABASE_URL: database.url, PORT: '0', SOURCE_KEY, LOG_LEVEL: 'silent' });
  expect((await withKey(right)(['tenant', 'create', 'acme'])).code).toBe(0);
  const refused = {
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^customary: The tenants' keys were wrapped by the source key \w{16}, which/,
    ),
  };
  const words = ['key', 'create', '--tenant', 'acme', '--scopes', 'customer:read'];
  expect(await withKey(wrong)(['serve', '--no-demo'])).toEqual(refused);
  expect(await withKey(wrong)(['tenant', 'create', 'other'])).toEqual(refused);
  expect(await withKey(wrong)(words)).toEqual(refused);
  expect(await database.query('SELECT name FROM tenant')).toEqual([{ name: 'acme' }]);
  // In the middle of a rotation the older key is behind the newer one.
  expect((await withKey(`${wrong},${right}`)(words)).code).toBe(0);
});

test('a tenant’s key that somebody changed does not keep the others from being served', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const run = commandIn({ DATABASE_URL: database.url });
  expect((await run(['tenant', 'create', 'acme'])).code).toBe(0);
  await database.query(`UPDATE tenant_key SET wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1)`);
  expect((await run(['tenant', 'create', 'other'])).code).toBe(0);
});
