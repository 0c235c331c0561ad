import { createHash } from 'node:crypto';
import { entryHash, headMac, noHash } from '../../src/customer/history-chain.ts';
import type { ChainedCustomer, ChainedEntry } from '../../src/customer/verify-chain.ts';
import { newDataKey } from '../../src/privacy/data-key.ts';

/** The tenant of all customers here. */
export const tenantId = '018f0000-0000-7000-8000-00000000000a';
/** The secret with which that tenant proves where chains end. */
export const secret = newDataKey();
/** The id of the customer that is counted as `n`, from 0 on. */
export const idOf = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** 64 bytes, the same for the same text. */
export const bytes = (text: string): Buffer => createHash('sha512').update(text).digest();

/** What is verified of a tenant: where chains end, their entries, and the newest customer's number. */
export interface History {
  customers: ChainedCustomer[];
  entries: ChainedEntry[];
  lastNumber: number;
}

/** An entry as it was made, before it was chained. */
export const entryOf = (n: number, version: number): ChainedEntry => ({
  customerId: idOf(n),
  version,
  recordedAt: 1_700_000_000_000 + 1000 * n + version,
  principal: `key-${version % 3}`,
  contract: 'native',
  operation: version === 1 ? 'customer.create' : 'customer.update',
  open: '[]',
  sealed: bytes(`${n} ${version}`),
  snapshot: version === 1 ? bytes(`snapshot ${n}`) : null,
  hash: null,
});

/** Chains entries with what a secret proves of them. */
export const chained = (entries: ChainedEntry[], number: number, key = secret, from = noHash) => {
  let head = from;
  const rows = entries.map((entry) => {
    head = entryHash(tenantId, entry, head);
    return { ...entry, hash: head };
  });
  const last = rows.at(-1) as ChainedEntry;
  const end = { customerId: last.customerId, number, version: last.version, head };
  return { entries: rows, customer: { ...end, plain: false, mac: headMac(key, tenantId, end) } };
};

/** Three customers with one to five entries. */
const clean = (() => {
  const all = [5, 1, 3].map((length, n) =>
    chained(
      Array.from({ length }, (_, index) => entryOf(n, index + 1)),
      1001 + n,
    ),
  );
  return { customers: all.map((one) => one.customer), entries: all.flatMap((one) => one.entries) };
})();

/** A copy of a history that nobody touched, of three customers; a test may do with it what it likes. */
export const honest = (): History => ({
  customers: clean.customers.map((one) => ({ ...one })),
  entries: clean.entries.map((one) => ({ ...one })),
  lastNumber: 1003,
});
