import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRunning, startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { readPostmasterFile } from '../../src/storage/embedded/postmaster-file.ts';
import { query, settings } from './query.ts';
import { spawnService, start, temporaryDirectory } from './support.ts';

test('a second start on a directory in use is refused, naming the directory and the process', async () => {
  const directory = await temporaryDirectory();
  const service = spawnService(directory);
  expect(await service.line()).toBe('ready');
  const second = startEmbedded({ dataDirectory: directory, settings });
  await expect(second).rejects.toThrow(
    `The data directory ${directory} is in use by process ${service.pid}.`,
  );
  expect(await findRunning(directory)).toBeDefined();
});

test('of several simultaneous first starts exactly one wins', async () => {
  const directory = await temporaryDirectory();
  const services = Array.from({ length: 4 }, () => spawnService(directory));
  const lines = await Promise.all(services.map((service) => service.line()));
  expect(lines.filter((line) => line === 'ready')).toHaveLength(1);
  expect(lines.filter((line) => line.includes('is in use by process'))).toHaveLength(3);
  for (const service of services) service.kill('SIGINT');
  await Promise.all(services.map((service) => service.exited));
});

test('after kill -9 of the service the next start stops its database and has all that was committed', async () => {
  const directory = await temporaryDirectory();
  const service = spawnService(directory);
  expect(await service.line()).toBe('ready');
  const address = await findRunning(directory);
  await query(address!, 'create table kept as select 7 as value');
  const orphan = await readPostmasterFile(join(directory, 'postgres'));
  service.kill('SIGKILL');
  await service.exited;
  expect(await findRunning(directory)).toBeUndefined();
  const server = await start(directory);
  expect(await query(server, 'select value from kept')).toEqual([{ value: 7 }]);
  expect((await readPostmasterFile(join(directory, 'postgres')))?.pid).not.toBe(orphan?.pid);
});

test('after kill -9 of the service and its database the next start recovers all that was committed', async () => {
  const directory = await temporaryDirectory();
  const service = spawnService(directory);
  expect(await service.line()).toBe('ready');
  const address = await findRunning(directory);
  await query(address!, 'create table kept as select 7 as value');
  const postmaster = await readPostmasterFile(join(directory, 'postgres'));
  service.kill('SIGKILL');
  process.kill(postmaster!.pid, 'SIGKILL');
  await service.exited;
  const server = await start(directory);
  expect(await query(server, 'select value from kept')).toEqual([{ value: 7 }]);
});

test('kill -9 in the middle of the first start does not block the next one', async () => {
  const directory = await temporaryDirectory();
  const service = spawnService(directory);
  for await (const event of watch(directory)) {
    if (event.filename?.startsWith('postgres.new.')) break;
  }
  service.kill('SIGKILL');
  await service.exited;
  const server = await start(directory);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('the end of the database is told to the service, which can start it again', async () => {
  const directory = await temporaryDirectory();
  const server = await start(directory);
  const ended = new Promise<string>((resolve) => server.onExit(resolve));
  const postmaster = await readPostmasterFile(join(directory, 'postgres'));
  process.kill(postmaster!.pid, 'SIGKILL');
  expect(await ended).toBe('PostgreSQL ended unexpectedly (ended by SIGKILL)');
  await server.stop();
  const next = await start(directory);
  expect(await query(next, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a stop that was asked for is not told as an end, and can be asked for twice', async () => {
  const server = await start(await temporaryDirectory());
  const told: string[] = [];
  server.onExit((reason) => told.push(reason));
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(told).toEqual([]);
});

test("the terminal's Ctrl-C reaches the service, which can still use its database, and then ends by itself", async () => {
  const service = spawnService(await temporaryDirectory());
  expect(await service.line()).toBe('ready');
  // A terminal sends it to the whole process group.
  process.kill(-service.pid, 'SIGINT');
  expect(await service.line()).toBe('drained');
  expect(await service.exited).toEqual([0, null]);
});
