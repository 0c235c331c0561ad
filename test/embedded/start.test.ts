import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OperatorError } from '../../src/errors.ts';
import { findRunning, startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { query, settings } from './query.ts';
import { start, temporaryDirectory } from './support.ts';

test('the first start makes a database with checksums that only a private unix socket leads to', async () => {
  const server = await start(join(await temporaryDirectory(), 'data'));
  const [row] = await query(
    server,
    `select current_setting('listen_addresses') as tcp, current_setting('data_checksums') as checksums,
            current_setting('server_encoding') as encoding, 'É' || lower('É') as folded,
            (select string_agg(type || ' ' || auth_method, ',') from pg_hba_file_rules) as hba`,
  );
  expect(row).toEqual({ tcp: '', checksums: 'on', encoding: 'UTF8', folded: 'Éé', hba: 'local trust' });
  expect((await stat(server.socketDirectory)).mode & 0o777).toBe(0o700);
});

test('a database is durable unless the settings say otherwise', async () => {
  const server = await startEmbedded({ dataDirectory: await temporaryDirectory() });
  const names = `'fsync', 'synchronous_commit', 'full_page_writes'`;
  const rows = await query(server, `select setting from pg_settings where name in (${names})`).finally(
    server.stop,
  );
  expect(rows).toEqual([{ setting: 'on' }, { setting: 'on' }, { setting: 'on' }]);
});

test('a later start finds what was stored, also after the directory was moved', async () => {
  const parent = await temporaryDirectory();
  const first = await start(join(parent, 'data'));
  await query(first, `create table kept as select 7 as value`);
  await first.stop();
  await rename(join(parent, 'data'), join(parent, 'moved'));
  const second = await start(join(parent, 'moved'));
  expect(await query(second, 'select value from kept')).toEqual([{ value: 7 }]);
});

test('only while a service runs can another process find its database', async () => {
  const directory = await temporaryDirectory();
  expect(await findRunning(join(directory, 'missing'))).toBeUndefined();
  expect(await findRunning(directory)).toBeUndefined();
  const server = await start(directory);
  const found = await findRunning(directory);
  expect(found).toEqual({
    socketDirectory: server.socketDirectory,
    port: server.port,
    superuser: server.superuser,
  });
  await server.stop();
  expect(await findRunning(directory)).toBeUndefined();
});

test('a path that is too long for a socket still works, and the short way is found and renewed', async () => {
  const directory = join(await temporaryDirectory(), 'long'.repeat(30));
  const first = await start(directory);
  expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await stat(first.socketDirectory)).mode & 0o777).toBe(0o700);
  expect((await findRunning(directory))?.socketDirectory).toBe(first.socketDirectory);
  await first.stop();
  const second = await start(directory);
  expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.stop();
  expect(existsSync(second.socketDirectory)).toBe(false);
});

test('a path with spaces, commas, quotes and letters beyond ASCII works', async () => {
  const server = await start(join(await temporaryDirectory(), `a, b "c" 'd' %20 + é`));
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a directory that everybody may pass works', async () => {
  const directory = await temporaryDirectory();
  await chmod(directory, 0o755);
  const server = await start(directory);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test.runIf(process.geteuid?.() === 0)('root works below a directory that only root may pass', async () => {
  const parent = await temporaryDirectory();
  await mkdir(join(parent, 'private'), { mode: 0o700 });
  const server = await start(join(parent, 'private', 'data'));
  const [row] = await query(server, `select pg_postmaster_start_time() is not null as up`);
  expect(row).toEqual({ up: true });
  expect((await stat(join(parent, 'private', 'data', 'postgres'))).uid).not.toBe(0);
});

test('what a cut-short first start left behind neither blocks the next start nor stays', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'postgres.new.cutshort'));
  await writeFile(join(directory, 'postgres.new.cutshort', 'PG_VERSION'), '18\n');
  const server = await start(directory);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await readdir(directory)).sort()).toEqual(['lock', 'postgres', 'run']);
});

test('a postmaster.pid whose number belongs to another process now does not block the start', async () => {
  const directory = await temporaryDirectory();
  await (await start(directory)).stop();
  const lines = [process.pid, join(directory, 'postgres'), 1, 5432, join(directory, 'run'), '', 1, 'ready'];
  await writeFile(join(directory, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`);
  const server = await start(directory);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).not.toContain(
    `${process.pid}\n`,
  );
});

test('foreign files in the place of the database are refused and left alone', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'postgres'));
  await writeFile(join(directory, 'postgres', 'letter.txt'), 'mine');
  await expect(startEmbedded({ dataDirectory: directory, settings })).rejects.toThrow(OperatorError);
  expect(await readFile(join(directory, 'postgres', 'letter.txt'), 'utf8')).toBe('mine');
});

test('a file or a dangling link in the place of the data directory is refused with a sentence', async () => {
  const parent = await temporaryDirectory();
  await writeFile(join(parent, 'file'), '');
  await symlink(join(parent, 'nowhere'), join(parent, 'dangling'));
  for (const name of ['file', 'dangling']) {
    const starting = startEmbedded({ dataDirectory: join(parent, name), settings });
    await expect(starting).rejects.toThrow(`The data directory ${join(parent, name)} cannot be used`);
  }
});

test('a server that cannot start says why, and gives the directory free', async () => {
  const dataDirectory = await temporaryDirectory();
  const starting = startEmbedded({ dataDirectory, settings: { ...settings, shared_buffers: 'much' } });
  await expect(starting).rejects.toThrow(/did not start.*shared_buffers/s);
  const server = await start(dataDirectory);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test("the log hands on the server's events but never a value of a client's statement", async () => {
  const lines: string[] = [];
  const dataDirectory = await temporaryDirectory();
  const server = await startEmbedded({ dataDirectory, settings, onLog: (line) => lines.push(line) });
  await query(server, `create table person (mail text primary key)`);
  await query(server, `insert into person values ('ada@example.com')`);
  const refused = [
    `insert into person values ('ada@example.com')`,
    `select 'ada@example.com'::int`,
    `do $$ begin raise exception E'one\\nada@example.com'; end $$`,
    `do $$ begin raise warning 'ada@example.com'; end $$`,
  ];
  for (const sql of refused) await query(server, sql).catch(() => {});
  await server.stop();
  expect(lines.join('\n')).toContain('ready to accept connections');
  expect(lines.join('\n')).not.toContain('ada@');
});
