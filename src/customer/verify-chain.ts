import type { KeyObject } from 'node:crypto';
import { isPlain } from '../privacy/seal.ts';
import type { ChainFinding, ChainRule } from './chain-finding.ts';
import { type HashedEntry, isEntryHash, isHeadMac, noHash } from './history-chain.ts';
import { isSwapped, type Misfit, mostMisfits } from './misfits.ts';

/** A customer as far as its history is judged by it. */
export interface ChainedCustomer {
  customerId: string;
  number: number;
  version: number;
  head: Buffer | null;
  mac: Buffer | null;
  /** Whether the record lies plain. */
  plain: boolean;
}

/** An entry as it lies in storage. */
export type ChainedEntry = HashedEntry & { hash: Buffer | null };

/** By what a tenant's history is judged. */
export interface ChainTerms {
  tenantId: string;
  secret: KeyObject;
  /** Whether all of it is chained; else entries without a hash may stand before those that have one. */
  chained: boolean;
  /** Whether all of it is sealed. */
  sealed: boolean;
}

/** Judges one customer; entries are handed over in the order of their versions, and none is kept. */
export interface CustomerJudge {
  entry(entry: ChainedEntry): void;
  end(): void;
}

/** Makes the judge of a customer, undefined where there are only entries. It calls `report` for each finding. */
export const judgeCustomer = (
  terms: ChainTerms,
  customer: ChainedCustomer | undefined,
  report: (finding: ChainFinding) => void,
): CustomerJudge => {
  const misfits: Misfit[] = [];
  let last: ChainedEntry | undefined;
  let head = noHash;
  const newest = customer?.version ?? Number.MAX_SAFE_INTEGER;
  const tell = (rule: ChainRule, version: number | null = null) =>
    report({
      rule,
      customerId: customer?.customerId ?? last?.customerId ?? null,
      number: customer?.number ?? null,
      version,
    });
  const judge = (entry: ChainedEntry, hash: Buffer, before: number) => {
    if (isEntryHash(terms.tenantId, entry, head, hash)) return;
    // An entry that was left out when the history was chained left no gap in the chain; one that is gone since did.
    if (entry.version > before + 1) tell('removed', before + 1);
    else if (entry.version <= before || entry.version > newest) tell('inserted', entry.version);
    else if (misfits.length < mostMisfits) misfits.push({ entry, hash, previous: head });
    else tell('changed', entry.version);
  };
  return {
    entry(entry) {
      const before = last?.version ?? 0;
      const unchained = last !== undefined && last.hash === null && !terms.chained;
      last = entry;
      if (terms.sealed && liesPlain(entry)) tell('unsealed', entry.version);
      if (entry.hash === null) {
        if (terms.chained || head !== noHash) tell('unchained', entry.version);
        return;
      }
      judge(entry, entry.hash, unchained ? entry.version - 1 : before);
      head = entry.hash;
    },
    end() {
      for (const misfit of misfits) {
        tell(isSwapped(terms.tenantId, misfit, misfits) ? 'swapped' : 'changed', misfit.entry.version);
      }
      if (!customer) return tell('customer-removed');
      if (terms.sealed && customer.plain) tell('unsealed');
      judgeEnd(terms, customer, { version: last?.version ?? 0, head }, tell);
    },
  };
};

/** Judges where a history ends: by the head that the customer names, and by its proof. */
const judgeEnd = (
  terms: ChainTerms,
  customer: ChainedCustomer,
  reached: { version: number; head: Buffer },
  tell: (rule: ChainRule, version?: number) => void,
): void => {
  const { customerId, number, version } = customer;
  if (customer.head === null && reached.head === noHash && !terms.chained) return;
  if (customer.head === null || customer.mac === null) {
    tell('unchained');
    return;
  }
  if (!customer.head.equals(reached.head)) {
    if (reached.version < version) tell('cut', reached.version + 1);
    else if (reached.version > version) tell('inserted', reached.version);
    else tell('head', reached.version);
  }
  const end = { customerId, number, version, head: customer.head };
  if (!isHeadMac(terms.secret, terms.tenantId, end, customer.mac)) tell('mac', version);
};

const liesPlain = ({ sealed, snapshot }: ChainedEntry): boolean =>
  isPlain(sealed) || (snapshot !== null && isPlain(snapshot));
