import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, type ServiceProcess, startProcess } from '../support/process.ts';
import { pathWithNpx } from './npx.ts';
import { scriptOf } from './shell-blocks.ts';

/** The commands of docs/backup.md, in an operator's directory, beside a running service on the embedded database. */
let directory: string;
let service: ServiceProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customary-test-'));
  service = await startProcess({ DATA_DIR: join(directory, 'data'), SOURCE_KEY: '' });
});
afterAll(async () => {
  await service.end();
  await rm(directory, { recursive: true, force: true });
});

test('the page of backup and restore has commands that do what they say', async () => {
  const page = await readFile(fileURLToPath(new URL('../../docs/backup.md', import.meta.url)), 'utf8');
  const path = await pathWithNpx(directory);
  await writeFile(join(directory, 'page.sh'), scriptOf(page));
  const { stdout, stderr } = await promisify(execFile)('bash', ['page.sh'], {
    cwd: directory,
    env: { PATH: path, HOME: directory, LANG: 'C.UTF-8', STATUSES: 'statuses' },
    timeout: 50_000,
  });
  expect(stdout).toMatch(/monday\.backup: \d+ bytes in/);
  expect(stdout).toMatch(/monday\.backup is whole/);
  expect(stdout).toMatch(/^Restored in .* 0 customers who were erased since/m);
  // A sample customer, opened with the key of the original; which number it has is not promised.
  expect(stdout).toMatch(/^10\d\d .*架空 太郎/m);
  expect(stderr).toMatch(/^customary: no erasure is in .*erasures\.ledger/);
});

test('a data directory that a service uses is refused', async () => {
  const run = promisify(execFile);
  const restore = (environment: Record<string, string>) =>
    run(process.execPath, [program, 'restore', 'backups/monday.backup'], {
      cwd: directory,
      env: environment,
    });
  await expect(restore({ DATA_DIR: join(directory, 'data') })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is in use by process/),
  });
});
