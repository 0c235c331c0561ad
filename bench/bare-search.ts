import pg from 'pg';
import { storedTerm } from '../src/customer/lookup-tokens.ts';
import { normaliseExact, searchedBeginning, wordsOf } from '../src/customer/normalise.ts';
import type { Asked } from './asked-names.ts';
import type { Stand } from './measures.ts';
import { type Measured, VoidRun } from './wrk.ts';

/**
 * Looks the same up by SQL alone: the first page of a token's customers with their records, by a prepared statement,
 * past row-level security, with as many clients as search. Throws VoidRun when something that is there was not found.
 */
export const runBareSearch = async (
  { database, tenant }: Stand,
  asked: Asked[],
  clients: number,
  seconds: number,
): Promise<Measured> => {
  const tokens = asked.map((one) => tokenOf(tenant, one));
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({
        connectionString: database.superuserUrl,
        options: '-c enable_seqscan=off -c enable_bitmapscan=off',
      });
      await client.connect();
      while (performance.now() < end) {
        const { field, token } = tokens[Math.floor(Math.random() * tokens.length)] as (typeof tokens)[number];
        const began = performance.now();
        const { rows } = await client.query({ name: 'bare', text, values: [tenant.id, field, token] });
        times.push(performance.now() - began);
        if (rows.length === 0) throw new VoidRun('A token found nobody');
      }
      await client.end();
    }),
  );
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? null;
  const meanMs = times.reduce((sum, one) => sum + one, 0) / times.length;
  const cores = { service: 0, postgres: 0, load: 0, others: 0 };
  return {
    rate: times.length / seconds,
    count: times.length,
    meanMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cores,
  };
};

const text = `SELECT c.customer_id, c.sealed FROM customer_lookup l
  JOIN customer c ON c.tenant_id = l.tenant_id AND c.number = l.number
  WHERE l.tenant_id = $1 AND l.field = $2 AND l.token = $3 ORDER BY l.number LIMIT 51`;

const tokenOf = (tenant: Stand['tenant'], asked: Asked) => {
  const [field, value] = Object.entries(asked)[0] as [string, string];
  const term = field === 'name' ? searchedBeginning(wordsOf(value)[0] as string) : normaliseExact(value);
  return storedTerm(tenant, { field, term });
};
