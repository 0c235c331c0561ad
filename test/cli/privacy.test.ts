import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { commandIn, jsonOf, type RunCommand } from '../support/command.ts';
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
