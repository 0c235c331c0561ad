import type { Tenant } from '../src/access/principal.ts';
import type { ContractName } from './contract-calls.ts';
import { applied, contractCall, drained } from './contract-measures.ts';
import { runPgbench } from './pgbench.ts';
import { type Database, settle, walBytes } from './postgres.ts';
import type { SearchMeasure } from './search-measures.ts';
import type { Service } from './service.ts';
import { countRows, mostUnderWay, pidsOf, wrk } from './stand-load.ts';
import type { VerifyMeasure } from './verify-rounds.ts';
import { type Measured, VoidRun } from './wrk.ts';

/** What can be measured. The names are those of the report. */
export type MeasureName =
  | 'patch'
  | 'hot'
  | 'same rows'
  | 'bare'
  | 'get'
  | 'no-op'
  | ContractName
  | 'flolive applied'
  | SealingMeasure
  | SearchMeasure
  | VerifyMeasure;

/** What is measured on the service as it is. */
export type OwnMeasure = Exclude<MeasureName, SealingMeasure | SearchMeasure | VerifyMeasure>;

/** A measure on a service that seals, and on one that does not. */
export type SealingMeasure = `${'patch' | 'get'} ${'sealed' | 'unsealed'}`;

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
  /** The tenant with the secret of its tokens. */
  tenant: Tenant;
  /** The API key that may read and write customers. */
  key: { tenantName: string; keyId: string; secret: string };
  customers: number;
  /** What pgbench writes; empty as long as the service has written nothing to take it from. */
  variables: Record<string, string>;
}

/** Runs one measure. Throws VoidRun when anything failed in it. */
export const measure = async (stand: Stand, name: OwnMeasure, seconds: number): Promise<Run> => {
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

const generators: Record<OwnMeasure, Generator> = {
  patch: (stand, seconds) => patch(stand, stand.customers, seconds),
  hot: (stand, seconds) => patch(stand, 1, seconds),
  'same rows': (stand, seconds) => pgbench(stand, 'same-rows', stand.variables, seconds),
  bare: (stand, seconds) => pgbench(stand, 'bare', {}, seconds),
  get: (stand, seconds) => wrk(stand, 'get', [stand.key.secret, String(stand.customers)], seconds),
  'no-op': (stand, seconds) => wrk(stand, 'noop', [stand.key.secret, noopPath], seconds),
  seamlessos: (stand, seconds) => contractCall(stand, 'seamlessos', seconds),
  flolive: async (stand, seconds) => {
    const measured = await contractCall(stand, 'flolive', seconds);
    await drained(stand);
    return measured;
  },
  keypro: (stand, seconds) => contractCall(stand, 'keypro', seconds),
  revio: (stand, seconds) => contractCall(stand, 'revio', seconds),
  servitly: (stand, seconds) => contractCall(stand, 'servitly', seconds),
  'flolive applied': (stand, seconds) => applied(stand, seconds),
};

/** Every answered change must have left its row in every table, and nothing else may have. */
const patch = async (stand: Stand, customers: number, seconds: number): Promise<Measured> => {
  const { client } = stand.database;
  const before = await countRows(client);
  const run = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const measured = await wrk(stand, 'patch', [stand.key.secret, String(customers), run], seconds);
  const after = await countRows(client);
  const written = after.map((count, index) => count - (before[index] ?? 0));
  // A change that was under way when wrk left is written without having been answered.
  const right = written.every((count) => count >= measured.count && count <= measured.count + mostUnderWay);
  if (!right || new Set(written).size > 1) {
    throw new VoidRun(`${measured.count} changes were answered, but ${written.join(', ')} rows written`);
  }
  return measured;
};

/** The route that does nothing. */
const noopPath = '/healthz';

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
