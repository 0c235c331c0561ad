import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { commandIn, jsonOf, type RunCommand, temporaryDirectory } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let run: RunCommand;
let client: Client;
let customer: { id: string; number: number };

beforeAll(async () => {
  service = await startService();
  run = commandIn({ DATABASE_URL: service.database.url });
  const { secret } = await service.withKey();
  client = createClient(service.address, secret);
  customer = (await client.create({ kind: 'person', name: 'Ada Lovelace' })) as never;
});
afterAll(() => service.stop());

const of = (named: string | number): string[] => [
  ...['--tenant', service.tenantName, '--customer', String(named)],
];

test('a customer is restricted by its number and lifted by its id, each with its reason', async () => {
  const restricted = jsonOf(
    await run(['privacy', 'restrict', ...of(customer.number), '--reason', 'Bestritten – geprüft', '--json']),
  );
  expect(restricted).toMatchObject({ id: customer.id, protectionLevel: 4 });
  expect(jsonOf(await run(['privacy', 'restriction', ...of(customer.id), '--json']))).toMatchObject({
    restricted: true,
    contract: 'cli',
    reason: 'Bestritten – geprüft',
    levelBefore: 1,
  });
  const lifted = await run(['privacy', 'lift', ...of(customer.id), '--reason', 'Geprüft']);
  expect(lifted).toMatchObject({
    code: 0,
    stdout: `The customer ${customer.number} is not restricted; its protection level is 1.\n`,
  });
});

test('a customer that is not there is missing, and no reason is a wrong command', async () => {
  const [missing, wrong] = await Promise.all([
    run(['privacy', 'restriction', ...of(999_999)]),
    run(['privacy', 'lift', ...of(customer.id)]),
  ]);
  expect(missing).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('no customer') });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
});

test('an export is a file for its owner alone, and is taken over in another tenant', async () => {
  const file = join(await temporaryDirectory(), 'ada.json');
  const target = await service.otherTenant('moved-to');
  const exported = await run(['privacy', 'export', ...of(customer.number), '--out', file]);
  expect(exported).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const document = JSON.parse(await readFile(file, 'utf8'));
  const printed = await run(['privacy', 'export', ...of(customer.id), '--json']);
  expect(jsonOf(printed)).toEqual({ ...document, exportedAt: expect.any(String) });
  const taken = jsonOf(
    await run(
      ['privacy', 'import', '-', '--tenant', 'moved-to', '--reason', 'Moved', '--json'],
      printed.stdout,
    ),
  );
  expect(taken).toMatchObject({ id: customer.id, name: 'Ada Lovelace' });
  expect((await target.get(`/v1/customers/${customer.id}`)).body).toEqual(taken);
  const again = await run(['privacy', 'import', file, '--tenant', 'moved-to']);
  expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('/customer/id') });
});

test('a file that is not there is a sentence', async () => {
  const missing = await run(['privacy', 'import', '/nowhere/at-all.json', '--tenant', service.tenantName]);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("can't be read (ENOENT)") });
});
