import { hash } from 'node:crypto';
import { makeCheckpoints } from '../src/storage/checkpoints.ts';
import { copyRows } from '../src/storage/copy-rows.ts';
import type { Database } from '../src/storage/database.ts';
import { verifyHistory } from '../src/storage/verify-history.ts';
import type { Run, Stand } from './measures.ts';
import type { Results } from './results.ts';
import { say } from './say.ts';
import { openService } from './tenant.ts';
import { VoidRun } from './wrk.ts';

/** The judging of a whole history, and the same rows only streamed, with one SHA-256 each. */
export type VerifyMeasure = 'verify' | 'stream';

/** Verifies the history of the stand's tenant, in turn with its limit. Throws VoidRun at a false alarm. */
export const runVerifyRounds = async (
  stand: Pick<Stand, 'database' | 'tenant'>,
  entries: number,
): Promise<Results['runs']> => {
  const database = await openService(stand.database.serviceUrl, true);
  const runs: Results['runs'] = [];
  try {
    await makeCheckpoints(database, stand.tenant.id);
    for (let round = 0; round <= rounds; round++) {
      for (const measure of ['verify', 'stream'] as const) {
        const run = await timed(entries, () => works[measure](database, stand.tenant.id));
        say(`${measure}: ${Math.round(run.rate)} entries/s`);
        // The first round only warms up.
        if (round > 0) runs.push({ measure, round, run });
      }
    }
    return runs;
  } finally {
    await database.close();
  }
};

const rounds = 3;

const works: Record<VerifyMeasure, (database: Database, tenantId: string) => Promise<number>> = {
  async verify(database, tenantId) {
    const { entries, found, provenSince } = await verifyHistory(database, tenantId);
    if (found > 0 || provenSince === null) throw new VoidRun(`verify: ${found} false alarms`);
    return entries;
  },
  stream: (database, tenantId) =>
    database.readSnapshot(tenantId, async (client) => {
      let count = 0;
      const query = `SELECT customer_id, version, recorded_at, principal, contract, operation, open, sealed, snapshot, hash
        FROM history WHERE tenant_id = '${tenantId}'`;
      for await (const rows of copyRows(client, query)) {
        for (const row of rows) hash('sha256', row[7] as Buffer, 'binary');
        count += rows.length;
      }
      return count;
    }),
};

const timed = async (entries: number, work: () => Promise<number>): Promise<Run> => {
  const began = performance.now();
  const count = await work();
  const seconds = (performance.now() - began) / 1000;
  if (count < entries) throw new VoidRun(`${count} of ${entries} entries were looked at`);
  const cores = { service: 0, postgres: 0, load: 0, others: 0 };
  const meanMs = (seconds * 1000) / count;
  return {
    rate: count / seconds,
    count,
    meanMs,
    p50Ms: null,
    p99Ms: null,
    cores,
    groupSize: null,
    walBytesEach: null,
  };
};
