import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Tenant } from '../src/access/principal.ts';
import { type ContractName, contractCalls } from './contract-calls.ts';
import { runPgbench } from './pgbench.ts';
import { type Database, settle, walBytes } from './postgres.ts';
import type { SearchMeasure } from './search-measures.ts';
import type { Service } from './service.ts';
import type { VerifyMeasure } from './verify-rounds.ts';
import { type Measured, runWrk, VoidRun } from './wrk.ts';

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

const mostUnderWay = 64;

/**
 * Changes every customer of a contract once: the first call of a replacing contract makes a full customer small, while
 * what is measured is the change of one member.
 */
export const changeEachOnce = async (stand: Stand, name: ContractName, seconds: number): Promise<void> => {
  const { first, count } = customersOf(stand, name);
  for (let done = 0; done < count; ) {
    const rest = { first: first + done, count: count - done };
    done += (await wrkContract(stand, name, seconds, rest, 'each')).count;
  }
  if (name === 'flolive') await drained(stand);
};

/** Each contract changes customers of its own: the replacing ones make theirs small, which is no matter for others. */
const customersOf = (stand: Stand, name: ContractName): { first: number; count: number } => {
  const count = Math.floor(stand.customers / 8);
  return { first: 1 + (Object.keys(contractCalls).indexOf(name) + 1) * count, count };
};

const wrkContract = async (
  stand: Stand,
  name: ContractName,
  seconds: number,
  { first, count }: { first: number; count: number },
  order: 'random' | 'each',
): Promise<Measured> => {
  const call = await contractCalls[name]({ ...stand.key, origin: stand.service.origin });
  const run = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const args = [String(first), String(count), run, order, call.method, call.path, call.body, call.keyHeader];
  return wrk(stand, 'contract', [...args, ...Object.entries(call.headers).flat()], seconds);
};

const contractCall = async (stand: Stand, name: ContractName, seconds: number): Promise<Measured> => {
  const before = await countRows(stand.database.client);
  const measured = await wrkContract(stand, name, seconds, customersOf(stand, name), 'random');
  const after = await countRows(stand.database.client);
  const written = after.map((count, index) => count - (before[index] ?? 0));
  // floLIVE's answer is the promise of a change; the others have made it.
  const counted = name === 'flolive' ? written.slice(2) : written;
  if (!counted.every((count) => count >= measured.count && count <= measured.count + mostUnderWay)) {
    throw new VoidRun(
      `${name}: ${measured.count} changes were answered, but ${written.join(', ')} rows written`,
    );
  }
  return measured;
};

/** How many changes a second are made, from the first promise until the last one is kept. */
const applied = async (stand: Stand, seconds: number): Promise<Measured> => {
  const began = performance.now();
  const measured = await contractCall(stand, 'flolive', seconds);
  await drained(stand);
  return {
    ...measured,
    rate: measured.count / ((performance.now() - began) / 1000),
    p50Ms: null,
    p99Ms: null,
  };
};

/** Waits until every promised change is made. */
const drained = async ({ database: { client } }: Stand): Promise<void> => {
  const text = `SELECT count(*)::int4 AS count FROM request WHERE status = 'open'`;
  while (((await client.query<{ count: number }>(text)).rows[0]?.count ?? 0) > 0) await delay(20);
};

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
  script: 'patch' | 'get' | 'noop' | 'contract',
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

/** Whose processor time is told. */
export const pidsOf = (stand: Stand) => ({ service: stand.service.pid, postgres: stand.database.pid });
