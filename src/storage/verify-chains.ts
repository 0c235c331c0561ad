import type pg from 'pg';
import type { ChainFinding } from '../customer/chain-finding.ts';
import { judgeNumbers } from '../customer/judge-numbers.ts';
import {
  type ChainedCustomer,
  type ChainedEntry,
  type ChainTerms,
  type CustomerJudge,
  judgeCustomer,
} from '../customer/verify-chain.ts';
import { type IdRange, readChainedCustomers, readChainedEntries } from './chained-rows.ts';
import { numberBeforeFirst } from './tenants.ts';

/**
 * Judges all chains, or that of one customer, some thousand customers and then their entries at a time. Tells `report` what
 * is wrong, and gives back how many it looked at.
 */
export const verifyChains = async (
  client: pg.Client,
  terms: ChainTerms,
  { lastNumber, customerId }: { lastNumber: number; customerId: string | undefined },
  report: Report,
): Promise<{ customers: number; entries: number; unproven: number }> => {
  const counts = { customers: 0, entries: 0, unproven: 0 };
  const numbers = judgeNumbers(numberBeforeFirst + 1, lastNumber, report);
  for (let after: string | null = null; ; ) {
    const { tenantId } = terms;
    const customers: ChainedCustomer[] = await readChainedCustomers(client, tenantId, {
      after,
      only: customerId,
      limit: customersAtOnce,
    });
    counts.customers += customers.length;
    if (customerId === undefined) for (const customer of customers) numbers.add(customer);
    const through: string | null =
      customers.length === customersAtOnce ? (customers.at(-1)?.customerId ?? null) : null;
    await judgeRange(client, terms, customers, { after, through, only: customerId }, counts, report);
    after = through;
    if (after === null) break;
  }
  if (customerId === undefined) numbers.end();
  return counts;
};

type Report = (finding: ChainFinding) => void;

const customersAtOnce = 1000;

/** Judges customers, in the order of their ids, by the entries of the same range of ids. */
const judgeRange = async (
  client: pg.Client,
  terms: ChainTerms,
  customers: ChainedCustomer[],
  range: IdRange,
  counts: { entries: number; unproven: number },
  report: Report,
): Promise<void> => {
  let next = 0;
  let judge: CustomerJudge | undefined;
  let current: string | undefined;
  const begin = (entry: ChainedEntry) => {
    judge?.end();
    current = entry.customerId;
    // Those without an entry come before.
    for (; (customers[next]?.customerId ?? '~') < current; next++)
      judgeCustomer(terms, customers[next], report).end();
    const customer = customers[next]?.customerId === current ? customers[next++] : undefined;
    judge = judgeCustomer(terms, customer, report);
  };
  for await (const entries of readChainedEntries(client, terms.tenantId, range)) {
    counts.entries += entries.length;
    for (const entry of entries) {
      if (entry.customerId !== current) begin(entry);
      if (entry.hash === null) counts.unproven += 1;
      judge?.entry(entry);
    }
  }
  judge?.end();
  for (; next < customers.length; next++) judgeCustomer(terms, customers[next], report).end();
};
