import type pg from 'pg';
import { runPgbench } from './pgbench.ts';
import { type Database, settle, walBytes } from './postgres.ts';
import type { Service } from './service.ts';
import { type Measured, runWrk, VoidRun } from './wrk.ts';

/** What can be measured. The names are those of the report. */
export type MeasureName = 'patch' | 'hot' | 'same rows' | 'bare' | 'get' | 'no-op';

/** One run of one measure. */
export interface Run extends Measured {
  /** Changes a commit, where the service commits. */
  groupSize: number | null;
  /** Bytes of write-ahead log a change, where something is written. */
  walBytesEach: number | null;
}

/** Everything a run needs. */
export interface Stand {
  database: Database;
  service: Service;
  programs: { wrk: string; pgbench: string };
  /** The secret of an API key that may read and write customers. */
  key: string;
  customers: number;
  /** What pgbench writes; empty as long as the service has written nothing to take it from. */
  variables: Record<string, string>;
}

/** Runs one measure. Throws VoidRun when anything failed in it. */
export const measure = async (stand: Stand, name: MeasureName, seconds: number): Promise<Run> => {
  const { client } = stand.database;
  await settle(client);
  const [groups, wal] = [await stand.service.groups(), await walBytes(client)];
  const measured = await generators[name](stand, seconds);
  const [groupsAfter, walAfter] = [await stand.service.groups(), await walBytes(client)];
  const commits = groupsAfter.count - groups.count;
  return {
    ...measured,
    groupSize: commits > 0 ? (groupsAfter.changes - groups.changes) / commits : null,
    walBytesEach: name === 'get' || name === 'no-op' ? null : (walAfter - wal) / measured.count,
  };
};

type Generator = (stand: Stand, seconds: number) => Promise<Measured>;

const generators: Record<MeasureName, Generator> = {
  patch: (stand, seconds) => patch(stand, stand.customers, seconds),
  hot: (stand, seconds) => patch(stand, 1, seconds),
  'same rows': (stand, seconds) => pgbench(stand, 'same-rows', stand.variables, seconds),
  bare: (stand, seconds) => pgbench(stand, 'bare', {}, seconds),
  get: (stand, seconds) => wrk(stand, 'get', [stand.key, String(stand.customers)], seconds),
  'no-op': (stand, seconds) => wrk(stand, 'noop', [stand.key, noopPath], seconds),
};

/** Every answered change must have left its row in every table, and nothing else may have. */
const patch = async (stand: Stand, customers: number, seconds: number): Promise<Measured> => {
  const { client } = stand.database;
  const before = await countRows(client);
  const run = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const measured = await wrk(stand, 'patch', [stand.key, String(customers), run], seconds);
  const after = await countRows(client);
  const written = after.map((count, index) => count - (before[index] ?? 0));
  // A change that was under way when wrk left is written without having been answered.
  const right = written.every((count) => count >= measured.count && count <= measured.count + mostUnderWay);
  if (!right || new Set(written).size > 1) {
    throw new VoidRun(`${measured.count} changes were answered, but ${written.join(', ')} rows written`);
  }
  return measured;
};

const mostUnderWay = 64;

/** The route that does nothing. */
const noopPath = '/healthz';

const countRows = async (client: pg.Client): Promise<number[]> => {
  const { rows } = await client.query<{ counts: number[] }>(
    `SELECT ARRAY[(SELECT count(*) FROM history), (SELECT count(*) FROM outbox),
       (SELECT count(*) FROM idempotency_reply)]::int4[] AS counts`,
  );
  return rows[0]?.counts ?? [];
};

const wrk = (
  stand: Stand,
  script: 'patch' | 'get' | 'noop',
  args: string[],
  seconds: number,
): Promise<Measured> =>
  runWrk({
    program: stand.programs.wrk,
    script,
    args,
    origin: stand.service.origin,
    seconds,
    pids: pidsOf(stand),
  });

const pgbench = (
  stand: Stand,
  script: 'same-rows' | 'bare',
  variables: Record<string, string>,
  seconds: number,
): Promise<Measured> =>
  runPgbench({
    program: stand.programs.pgbench,
    script,
    variables: { ...variables, customers: String(stand.customers) },
    database: stand.database,
    seconds,
    pids: pidsOf(stand),
  });

const pidsOf = (stand: Stand) => ({ service: stand.service.pid, postgres: stand.database.pid });
