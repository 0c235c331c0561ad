import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorName } from '../jobs/error-name.ts';
import { appendToLedger, type LedgerEntry, readLedger } from './erasure-ledger.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customary-ledger-'));
  path = join(directory, 'keys', 'erasures.ledger');
});
afterEach(() => rm(directory, { recursive: true }));

const entry = (number: number): LedgerEntry => ({
  tenantId: randomUUID(),
  customerId: randomUUID(),
  number,
  erasedAt: new Date().toISOString(),
  certificate: 'ab'.repeat(32),
});

test('a ledger that cannot be written is named with what is wrong, also to the log', async () => {
  const failed = await appendToLedger(directory, entry(1001)).catch((error: unknown) => error);
  expect(errorName(failed)).toContain(`The erasure ledger ${directory} cannot be written (EISDIR).`);
});

test('what was appended is read again in its order, and the file is closed to others', async () => {
  expect(await readLedger(path)).toEqual([]);
  const entries = [entry(1001), entry(1002), entry(1003)];
  for (const one of entries) await appendToLedger(path, one);
  expect(await readLedger(path)).toEqual(entries);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('entries that are appended at once are all there and whole', async () => {
  const entries = Array.from({ length: 50 }, (_, index) => entry(index));
  await Promise.all(entries.map((one) => appendToLedger(path, one)));
  const read = await readLedger(path);
  expect(read.map((one) => one.customerId).sort()).toEqual(entries.map((one) => one.customerId).sort());
});

test('a line that a crash tore counts neither before nor after the next one, wherever it was cut', async () => {
  const [kept, torn, next] = [entry(1), entry(2), entry(3)];
  await appendToLedger(path, kept);
  const { size } = await stat(path);
  await appendToLedger(path, torn);
  const whole = await readFile(path);
  for (const length of [size + 1, size + 40, whole.length - 1]) {
    await writeFile(path, whole);
    await truncate(path, length);
    expect(await readLedger(path)).toEqual([kept]);
    await appendToLedger(path, next);
    expect(await readLedger(path)).toEqual([kept, next]);
  }
});

test('a line that was changed is named, and nothing is read', async () => {
  for (const number of [1, 2, 3]) await appendToLedger(path, entry(number));
  const lines = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, lines.with(1, (lines[1] as string).replace('"number":2', '"number":7')).join('\n'));
  await expect(readLedger(path)).rejects.toThrow(/line 2, is damaged/);
  await writeFile(path, lines.with(0, (lines[0] as string).slice(0, -5)).join('\n'));
  await expect(readLedger(path)).rejects.toThrow(/line 1, is damaged/);
});

test('a line of a later release is not passed over', async () => {
  await appendToLedger(path, entry(1));
  await appendFile(path, 'v2 0000 {}\n');
  await expect(readLedger(path)).rejects.toThrow(/line 2, is of a newer release/);
});
