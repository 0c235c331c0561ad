import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chained,
  entryOf,
  type History,
  honest,
  idOf,
  secret,
  tenantId,
} from '../../test/support/chained-history.ts';
import { type Choice, of, remove, swap, type Tampering, tamperings } from '../../test/support/tamperings.ts';
import type { ChainFinding } from './chain-finding.ts';
import { judgeNumbers } from './judge-numbers.ts';
import { type ChainedCustomer, type ChainedEntry, judgeCustomer } from './verify-chain.ts';

const judged = (history: History, whole = true): ChainFinding[] => {
  const findings: ChainFinding[] = [];
  const report = (finding: ChainFinding) => void findings.push(finding);
  const numbers = judgeNumbers(1001, history.lastNumber, report);
  for (const customer of history.customers) numbers.add(customer);
  numbers.end();
  const ids = new Set([...history.customers, ...history.entries].map((one) => one.customerId));
  for (const id of ids) {
    const customer = history.customers.find((one) => one.customerId === id);
    const judge = judgeCustomer({ tenantId, secret, chained: whole, sealed: false }, customer, report);
    const own = history.entries.filter((one) => one.customerId === id);
    for (const entry of own.sort((one, other) => one.version - other.version)) judge.entry(entry);
    judge.end();
  }
  return findings;
};

test('what the service wrote has no finding, with entries that were erased since too', () => {
  expect(judged(honest())).toEqual([]);
});

test('10,000 random tamperings are found, also by somebody who makes the chain anew and lacks the secret', () => {
  const kind = fc.constantFrom(...Object.keys(tamperings));
  const seen = new Set<string>();
  const number = fc.nat(10_000);
  fc.assert(
    fc.property(kind, fc.tuple(number, number, number), (name, choice) => {
      seen.add(name);
      const history = honest();
      (tamperings[name] as Tampering)(history, choice as Choice);
      return judged(history).length > 0;
    }),
    { numRuns: 10_000 },
  );
  expect(seen.size).toBe(Object.keys(tamperings).length);
});

/** The rules that are found broken, with their versions. */
const rules = (tamper: (history: History) => void, whole = true): string[] => {
  const history = honest();
  tamper(history);
  return judged(history, whole).map(({ rule, version }) => (version === null ? rule : `${rule} ${version}`));
};
const first = (history: History, version: number) => of(history, idOf(0))[version - 1] as ChainedEntry;

test('each kind is named', () => {
  expect(rules((history) => Object.assign(first(history, 4), { principal: 'x' }))).toEqual(['changed 4']);
  expect(rules((history) => remove(history, (one) => one === first(history, 4)))).toEqual(['removed 4']);
  expect(rules((history) => remove(history, (one) => one.customerId === idOf(0) && one.version > 4))).toEqual(
    ['cut 5'],
  );
  expect(rules((history) => tamperings['an entry is appended in its form']?.(history, [0, 0, 0]))).toEqual([
    'inserted 6',
  ]);
  expect(rules((history) => swap(first(history, 3), first(history, 5), ['version', 'hash']))).toEqual([
    'swapped 3',
    'swapped 5',
  ]);
  expect(rules((history) => tamperings['a customer names another head']?.(history, [0, 0, 0]))).toEqual([
    'head 5',
    'mac 5',
  ]);
  expect(rules((history) => history.customers.shift())).toEqual(['customer-removed', 'customer-removed']);
});

test('a history that is chained from some version on may be so only where the tenant’s is not chained yet', () => {
  const halfChained = (history: History) => {
    const [customer] = history.customers as [ChainedCustomer];
    const later = of(history, idOf(0)).slice(2);
    const made = chained(later, customer.number);
    for (const entry of of(history, idOf(0))) entry.hash = null;
    for (const [index, entry] of later.entries()) entry.hash = made.entries[index]?.hash ?? null;
    Object.assign(customer, made.customer);
  };
  expect(rules(halfChained, false)).toEqual([]);
  expect(rules(halfChained)).not.toEqual([]);
  const holed = (history: History) => {
    halfChained(history);
    first(history, 5).hash = null;
  };
  expect(rules(holed, false)).toContain('unchained 5');
});

test('what lies plain where all is sealed is found, chained or not', () => {
  const plain = { ...entryOf(0, 1), sealed: Buffer.from('\u0000{}') };
  const { entries, customer } = chained([plain], 1001);
  const found: string[] = [];
  const judge = judgeCustomer({ tenantId, secret, chained: true, sealed: true }, customer, ({ rule }) =>
    found.push(rule),
  );
  for (const entry of entries) judge.entry(entry);
  judge.end();
  expect(found).toEqual(['unsealed']);
});
