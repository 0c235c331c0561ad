import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { sourceKey } from '../support/source-key.ts';
import { pathWithNpx } from './npx.ts';
import { expectedStatuses, scriptOf, statusesIn } from './shell-blocks.ts';

/**
 * The commands of the contracts' pages and of others, pasted one page after the other against the demo tenant of a first start. Every
 * curl must get the status that the comment at the end of its command tells.
 */
let directory: string;
let service: ServiceProcess;
let environment: Record<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customary-test-'));
  const data = { DATA_DIR: join(directory, 'data') };
  service = await startProcess(data);
  const [key = ''] = /\bcus_\w+/.exec(service.output()) ?? [];
  environment = {
    ...data,
    ...sourceKey,
    PATH: await pathWithNpx(directory),
    URL: service.address,
    KEY: key,
    HOME: directory,
    LANG: 'C.UTF-8',
  };
});
afterAll(async () => {
  await service.end();
  await rm(directory, { recursive: true, force: true });
});

const pageOf = (name: string) =>
  readFile(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), 'utf8');
const ofContracts = contracts
  .map(({ id }) => `contracts/${id}`)
  .filter((name) => name !== 'contracts/native');
const names = [...ofContracts, 'data-subject-rights'];

describe.each(names)('the page %s', (name) => {
  test('has commands that do what they say', async () => {
    const page = await pageOf(name);
    const expected = expectedStatuses(page);
    expect(expected.length).toBeGreaterThan(2);
    const statuses = join(directory, `${name.replace('/', '-')}.statuses`);
    const script = join(directory, `${name.replace('/', '-')}.sh`);
    await writeFile(script, scriptOf(page));
    await writeFile(statuses, '');
    const run = promisify(execFile)('bash', [script], {
      cwd: directory,
      env: { ...environment, STATUSES: statuses },
      timeout: 50_000,
    });
    const ended = await run.then(
      () => '',
      (error: { stdout: string; stderr: string }) => `${error.stdout}\n${error.stderr}`,
    );
    const told = await readFile(statuses, 'utf8');
    const { answered, others } = statusesIn(told, page);
    expect(answered, `${ended}\n${others}`).toEqual(expected);
    expect(ended, others).toBe('');
  });
});
