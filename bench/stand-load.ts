import type pg from 'pg';
import type { Stand } from './measures.ts';
import { type Measured, runWrk } from './wrk.ts';

/** How many rows of history, events and kept replies there are. */
export const countRows = async (client: pg.Client): Promise<number[]> => {
  const { rows } = await client.query<{ counts: number[] }>(
    `SELECT ARRAY[(SELECT count(*) FROM history), (SELECT count(*) FROM outbox),
       (SELECT count(*) FROM idempotency_reply)]::int4[] AS counts`,
  );
  return rows[0]?.counts ?? [];
};

/** Loads the service of a stand. */
export const wrk = (
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

/** Changes that may be under way when the load generator leaves: written, and not answered. */
export const mostUnderWay = 64;

/** Whose processor time is told. */
export const pidsOf = (stand: Stand) => ({ service: stand.service.pid, postgres: stand.database.pid });
