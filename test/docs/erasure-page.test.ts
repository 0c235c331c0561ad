import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { sourceKey } from '../support/source-key.ts';
import { pathWithNpx } from './npx.ts';
import { expectedStatuses, scriptOf, statusesIn } from './shell-blocks.ts';

/** The commands of docs/erasure.md, beside a running service whose tenant acme has two customers. */
let directory: string;
let service: TestService;
let acme: Client & { tenantId: string };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customary-test-'));
  service = await startService();
  acme = await service.otherTenant('acme');
  for (const number of [1001, 1002]) expect((await acme.create({ name: 'Ada' }))['number']).toBe(number);
});
afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the page of erasure has commands that do what they say', async () => {
  const page = await readFile(fileURLToPath(new URL('../../docs/erasure.md', import.meta.url)), 'utf8');
  await writeFile(join(directory, 'page.sh'), scriptOf(page));
  const statuses = join(directory, 'statuses');
  await writeFile(statuses, '');
  const { stdout, stderr } = await promisify(execFile)('bash', ['page.sh'], {
    cwd: directory,
    env: {
      ...sourceKey,
      PATH: await pathWithNpx(directory),
      DATABASE_URL: service.database.url,
      ERASURE_LEDGER: join(directory, 'erasures.ledger'),
      URL: service.app.address,
      KEY: acme.secret,
      HOME: directory,
      LANG: 'C.UTF-8',
      STATUSES: statuses,
    },
    timeout: 50_000,
  });
  expect(stderr).toBe('');
  const told = statusesIn(await readFile(statuses, 'utf8'), page);
  expect(told).toEqual({ answered: expectedStatuses(page), others: '' });
  const sentences = [
    /^The customer 1001 is erased after /m,
    /^The erasure of the customer 1001 is cancelled\.$/m,
    /^The customer 1001 was erased at /m,
    /^1001 +completed/m,
    /^A legal hold stands on the customer 1002\.$/m,
    /Lawsuit 12\/2026/,
    /^No legal hold stands on the customer 1002\.$/m,
  ];
  for (const sentence of sentences) expect(stdout).toMatch(sentence);
  // Judged with the database, and without it.
  expect(stdout.match(/^valid: true$/gm)).toHaveLength(2);
  const [ofOne, ofTwo] = await Promise.all(
    [1001, 1002].map((number) =>
      service.database.query('SELECT 1 FROM customer WHERE number = $1 AND erased_at IS NOT NULL', [number]),
    ),
  );
  expect([ofOne?.length, ofTwo?.length]).toEqual([1, 0]);
});
