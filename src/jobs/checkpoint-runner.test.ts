import { expect, test } from 'vitest';
import { createCheckpointRunner } from './checkpoint-runner.ts';

test('each checkpoint is logged with its digest, and a tenant where none can be made keeps no other waiting', async () => {
  const lines: object[] = [];
  let rounds = 0;
  let resolve = () => {};
  const second = new Promise<void>((done) => {
    resolve = done;
  });
  const runner = createCheckpointRunner({
    tenants: async () => ['one', 'two'],
    async make(tenantId, { afterMs, settledAt }) {
      if (tenantId === 'one') throw new RangeError('Ada');
      rounds += 1;
      if (rounds === 2) resolve();
      return rounds === 1 ? [{ sequence: 7, digest: `after ${afterMs} as of ${settledAt?.getTime()}` }] : [];
    },
    settled: async () => new Date(2),
    everyMs: 1,
    log: {
      info: (about, message) => void lines.push({ ...about, message }),
      error: (about, message) => void lines.push({ ...about, message }),
    },
  });
  runner.start();
  await second;
  await runner.stop();
  expect(lines.slice(0, 2)).toEqual([
    { tenant: 'one', error: 'RangeError', message: 'no checkpoint could be made; see customary verify' },
    { tenant: 'two', sequence: 7, digest: 'after 1 as of 2', message: 'checkpoint of the history' },
  ]);
  expect(lines.filter((line) => 'digest' in line)).toHaveLength(1);
});
