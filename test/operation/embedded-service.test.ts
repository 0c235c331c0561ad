import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPostmasterFile } from '../../src/storage/embedded/postmaster-file.ts';
import { type Client, createClient } from '../support/client.ts';
import { commandIn } from '../support/command.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

let dataDirectory: string;
let service: ServiceProcess;
let client: Client;
let customerPath: string;

/** The two commands of the README's first user, on one data directory: the tests below tell its story in order. */
const start = async (what: string): Promise<ServiceProcess> => {
  const begun = performance.now();
  const started = await startProcess({ DATA_DIR: dataDirectory, RATE_LIMIT_KEY_PER_SECOND: '0' }, [], {
    detached: true,
  });
  const answer = await fetch(`${started.address}/readyz`);
  if (answer.status !== 200) throw new Error(`${what} is not ready`);
  console.info(`${what} to first answered request: ${Math.round(performance.now() - begun)} ms`);
  return started;
};

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(temporaryRoot(), 'customary-test-'));
  service = await start('first start');
});
afterAll(async () => {
  await service.end();
  await rm(dataDirectory, { recursive: true, force: true });
});

const lineOf = (output: string): string => output.split('\n').find((line) => line.includes('curl ')) ?? '';

test('the first start prints an address, a key and a line that changes a customer', async () => {
  const line = lineOf(service.output());
  const [, url = ''] = / (http:\S+)/.exec(line) ?? [];
  const [, key = ''] = /Bearer (\S+)'/.exec(line) ?? [];
  const [, body = ''] = / -d '(.*)'/.exec(line) ?? [];
  expect(service.output()).toContain(`\n  ${key}\n`);
  client = createClient(service.address, key);
  customerPath = url.slice(service.address.length);
  const before = (await client.get(customerPath)).body;
  const contentType = 'application/merge-patch+json';
  const answer = await client.send('PATCH', customerPath, { body, contentType });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ ...JSON.parse(body), version: before['version'] + 1 });
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

test.runIf(hasCurl)('the printed line works when it is pasted into a shell', async () => {
  const pasted = lineOf(service.output()).replace('before noon', 'after noon');
  const { stdout } = await promisify(execFile)('sh', ['-c', pasted]);
  expect(JSON.parse(stdout)).toMatchObject({ note: 'Prefers to be called after noon' });
  expect((await client.get(customerPath)).body['note']).toBe('Prefers to be called after noon');
});

test('the tenant demo has about 50 customers, sub-customers two levels deep among them', async () => {
  const { customers } = (await client.get('/v1/customers?limit=500')).body;
  const byId = new Map<string, { parentId?: string }>(customers.map((one: { id: string }) => [one.id, one]));
  const depth = (one: { parentId?: string } | undefined): number =>
    one?.parentId === undefined ? 0 : 1 + depth(byId.get(one.parentId));
  expect(customers.length).toBeGreaterThanOrEqual(45);
  expect(Math.max(...customers.map(depth))).toBe(2);
});

test('a second start on the data directory is refused with a sentence', async () => {
  const second = await commandIn({ DATA_DIR: dataDirectory, PORT: '0' })(['serve']);
  expect(second).toEqual({
    code: 2,
    stdout: '',
    stderr: `customary: The data directory ${dataDirectory} is in use by process ${service.child.pid}.\n`,
  });
  expect((await client.get(customerPath)).status).toBe(200);
});

test('an embedded database that is killed is started again, and nothing acknowledged is lost', async () => {
  const cluster = join(dataDirectory, 'postgres');
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  const killed = await readPostmasterFile(cluster);
  let alive = true;
  let recovered = false;
  const write = async () => {
    while (!recovered) {
      const answer = await client.send('POST', '/v1/customers', { body: { kind: 'person', name: 'Ada' } });
      statuses.add(answer.status);
      if (answer.status === 201) acknowledged.push(answer.body['id']);
      else expect(answer.headers.get('retry-after')).toBe('1');
      if (alive && acknowledged.length >= 20) alive = !process.kill(killed?.pid as number, 'SIGKILL');
      const now = await readPostmasterFile(cluster);
      recovered ||= answer.status === 201 && now !== undefined && now.pid !== killed?.pid;
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
  const read = async (id: string): Promise<number> => {
    // A session of the killed server may have outlived it for a moment, and taken the last of the changes.
    for (;;) {
      const { status } = await client.get(`/v1/customers/${id}`);
      if (status !== 503) return status;
    }
  };
  expect(new Set(await Promise.all(acknowledged.map(read)))).toEqual(new Set([200]));
  expect([...statuses].every((status) => status === 201 || status === 503)).toBe(true);
});

test("the terminal's Ctrl-C stops cleanly, and the later start shows no key and has every customer", async () => {
  const { body } = await client.get(customerPath);
  const ended = once(service.child, 'exit');
  // A terminal sends it to the whole process group.
  process.kill(-(service.child.pid as number), 'SIGINT');
  expect(await ended).toEqual([0, null]);
  expect((await readdir(join(dataDirectory, 'postgres'))).includes('postmaster.pid')).toBe(false);

  service = await start('later start');
  expect(service.output()).not.toContain('cus_');
  const later = createClient(service.address, client.secret);
  expect((await later.get(customerPath)).body).toEqual(body);
});
