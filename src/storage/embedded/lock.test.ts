import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, type Lock, lockHolder } from './lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customary-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

const stale = {
  'a process that is gone': '4194305 boot/1',
  'a process number that another process has now': `${process.pid} boot/1`,
  'an unreadable claim': 'nonsense',
  'a release': 'free',
};

for (const [name, claim] of Object.entries(stale)) {
  test(`${name} does not keep the lock, and of many simultaneous starters exactly one gets it`, async () => {
    await mkdir(join(directory, 'lock'));
    await symlink(claim, join(directory, 'lock', '41'));
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(directory)));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
    expect(await lockHolder(directory)).toBe(process.pid);
  });
}

test('at no time do two hold the lock while many take and release it', async () => {
  let holders = 0;
  let taken = 0;
  async function contend(): Promise<void> {
    for (let attempt = 0; attempt < 30; attempt++) {
      const lock: Lock | undefined = await acquireLock(directory).catch(() => undefined);
      if (!lock) continue;
      taken++;
      expect(++holders).toBe(1);
      await lockHolder(directory);
      holders--;
      await lock.release();
    }
  }
  await Promise.all(Array.from({ length: 8 }, contend));
  expect(taken).toBeGreaterThan(1);
  expect(await lockHolder(directory)).toBeUndefined();
});
