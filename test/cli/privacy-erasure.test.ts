import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLedger } from '../../src/privacy/erasure-ledger.ts';
import { commandIn, jsonOf, type RunCommand, temporaryDirectory } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let run: RunCommand;
beforeAll(async () => {
  service = await startService();
  run = commandIn({ DATABASE_URL: service.database.url });
});
afterAll(() => service.stop());

const person = async (): Promise<number> => (await service.create({ kind: 'person', name: 'Ada' }))['number'];
const of = (number: number): string[] => [...['--tenant', service.tenantName, '--customer', String(number)]];
const why = (text: string): string[] => ['--reason', text];

test('an erasure is scheduled, held, cancelled and listed by number', async () => {
  const number = await person();
  const scheduled = jsonOf(
    await run(['privacy', 'erase', ...of(number), ...why('Gelöscht – gewünscht'), '--json']),
  );
  expect(scheduled).toMatchObject({ number, status: 'scheduled', reason: 'Gelöscht – gewünscht' });
  expect(await run(['privacy', 'hold', ...of(number), ...why('Lawsuit')])).toMatchObject({
    code: 0,
    stdout: `A legal hold stands on the customer ${number}.\n`,
  });
  const [status, holds, refused] = await Promise.all([
    run(['privacy', 'status', ...of(number), '--json']),
    run(['privacy', 'holds', ...of(number), '--json']),
    run(['privacy', 'erase', ...of(number), ...why('x'), '--now']),
  ]);
  expect(jsonOf(status)).toMatchObject({ status: 'held', heldBy: 'legal-hold' });
  expect(jsonOf(holds)).toMatchObject({ held: true, entries: [{ reason: 'Lawsuit', contract: 'cli' }] });
  expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('legal hold') });
  jsonOf(await run(['privacy', 'release', ...of(number), ...why('Settled'), '--json']));
  expect(await run(['privacy', 'cancel', ...of(number), ...why('Widerrufen – schriftlich')])).toMatchObject({
    code: 0,
    stdout: `The erasure of the customer ${number} is cancelled.\n`,
  });
  const list = jsonOf(
    await run(['privacy', 'erasures', '--tenant', service.tenantName, '--status', 'cancelled', '--json']),
  );
  expect(list['erasures']).toMatchObject([{ number, cancelReason: 'Widerrufen – schriftlich' }]);
});

test('the answer of an erasure that is not completed is told from a certificate that is wrong', async () => {
  const { code, stderr } = await commandIn({})(
    ['certificate', 'verify', '-'],
    JSON.stringify({ status: 'scheduled' }),
  );
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('no certificate yet: the erasure is scheduled'),
  ]);
});

test('a customer of whom no erasure was asked for is not told to be missing', async () => {
  const number = await person();
  const [status, cancel, nobody] = await Promise.all([
    run(['privacy', 'status', ...of(number)]),
    run(['privacy', 'cancel', ...of(number), ...why('x')]),
    run([...['privacy', 'status', '--tenant', service.tenantName], '--customer', uuidv7()]),
  ]);
  const stderr = 'customary: No erasure of the customer was asked for.\n';
  expect(status).toEqual({ code: 3, stdout: '', stderr });
  expect(cancel).toEqual({ code: 3, stdout: '', stderr });
  expect(nobody).toMatchObject({ code: 3, stderr: expect.stringContaining('no such customer') });
});

test('erase --now is done when the command ends, without a service, and its certificate can be judged', async () => {
  const number = await person();
  const directory = await temporaryDirectory();
  const ledger = join(directory, 'erasures.ledger');
  const { keys } = (await service.get('/v1/signing-keys')).body;
  await service.app.stop();
  const alone = commandIn({ DATABASE_URL: service.database.url, ERASURE_LEDGER: ledger });
  const erasure = jsonOf(
    await alone(['privacy', 'erase', ...of(number), ...why('Asked for'), '--now', '--json']),
  );
  expect(erasure).toMatchObject({ number, status: 'completed', windowWaived: true });
  expect(erasure).not.toHaveProperty('reason');
  expect(await readLedger(ledger)).toMatchObject([{ number, customerId: erasure['customerId'] }]);
  const [keyFile, otherKeys] = [join(directory, 'keys.json'), join(directory, 'other.json')];
  await writeFile(keyFile, JSON.stringify({ keys }));
  await writeFile(otherKeys, JSON.stringify({ keys: [] }));
  const certificate = erasure['certificate'] as string;
  const [byDatabase, byKeys, other, changed] = await Promise.all([
    alone(['certificate', 'verify', '-', '--json'], JSON.stringify({ certificate })),
    commandIn({})(['certificate', 'verify', '-', '--keys', keyFile, '--json'], `${certificate}\n`),
    commandIn({})(['certificate', 'verify', '-', '--keys', otherKeys], certificate),
    alone(['certificate', 'verify', '-'], certificate.replace(/\..{10}/, '.AAAAAAAAAA')),
  ]);
  const said = { valid: true, tenant: service.tenantName, number, customerId: erasure['customerId'] };
  expect(jsonOf(byDatabase)).toMatchObject(said);
  expect(jsonOf(byKeys)).toEqual(jsonOf(byDatabase));
  for (const one of [other, changed]) expect(one).toMatchObject({ code: 1, stdout: '' });
  const again = await alone(['privacy', 'erase', ...of(number), ...why('x')]);
  expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('erased') });
});
