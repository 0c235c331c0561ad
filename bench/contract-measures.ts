import { setTimeout as delay } from 'node:timers/promises';
import { type ContractName, contractCalls } from './contract-calls.ts';
import type { Stand } from './measures.ts';
import { countRows, mostUnderWay, wrk } from './stand-load.ts';
import { type Measured, VoidRun } from './wrk.ts';

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

/** Measures the update call of a contract. Throws VoidRun. */
export const contractCall = async (stand: Stand, name: ContractName, seconds: number): Promise<Measured> => {
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
export const applied = async (stand: Stand, seconds: number): Promise<Measured> => {
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
export const drained = async ({ database: { client } }: Stand): Promise<void> => {
  const text = `SELECT count(*)::int4 AS count FROM request WHERE status = 'open'`;
  while (((await client.query<{ count: number }>(text)).rows[0]?.count ?? 0) > 0) await delay(20);
};
