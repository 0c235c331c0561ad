import type { KeyObject } from 'node:crypto';
import { isPlain } from '../privacy/seal.ts';
import { type HashedEntry, isEntryHash, isHeadMac, noHash } from './history-chain.ts';

/** What is wrong with a stored history. */
type ChainRule =
  /** An entry says something else than when it was recorded. */
  | 'changed'
  /** An entry stands in the place of another one. */
  | 'swapped'
  /** Entries before the next one are gone. */
  | 'removed'
  /** An entry was recorded by no change. */
  | 'inserted'
  /** The newest entries are gone. */
  | 'cut'
  /** An entry, or a customer, is not chained where all are. */
  | 'unchained'
  /** An entry, or the record of a customer, lies plain where all is sealed. */
  | 'unsealed'
  /** The tenant's row says that it may hold what is not sealed, and its keys say that it does not. */
  | 'state'
  /** The customer names another newest hash than its history has. */
  | 'head'
  /** The customer, its number, version or newest hash, is not what the service wrote. */
  | 'mac'
  | 'customer-removed'
  | 'customer-inserted'
  /** A checkpoint is not what the tenant signed. */
  | 'checkpoint-changed'
  /** Checkpoints before this one are gone, or it follows another one than it says. */
  | 'checkpoint-removed'
  /** The newest checkpoints are gone; the one that is named is the newest that is left, 0 is none. */
  | 'checkpoint-cut'
  /** What a checkpoint says of a customer is not in its history. */
  | 'checkpoint-head'
  /** A checkpoint knows more customers than there are. */
  | 'checkpoint-number'
  /** A checkpoint that was noted elsewhere is not here. */
  | 'anchor';

/** One thing that is wrong: whose, at which version, and which rule it breaks. */
export interface ChainFinding {
  rule: ChainRule;
  customerId: string | null;
  number: number | null;
  version: number | null;
  /** The sequence of the checkpoint that it is about. */
  checkpoint?: number;
}

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
        const swapped = misfits.some((other) => other !== misfit && areSwapped(terms, misfit, other));
        tell(swapped ? 'swapped' : 'changed', misfit.entry.version);
      }
      if (!customer) return tell('customer-removed');
      if (terms.sealed && customer.plain) tell('unsealed');
      const reached = last?.version ?? 0;
      if (customer.head === null && head === noHash && !terms.chained) return;
      if (customer.head === null || customer.mac === null) return tell('unchained');
      if (!customer.head.equals(head)) {
        if (reached < newest) tell('cut', reached + 1);
        else if (reached > newest) tell('inserted', reached);
        else tell('head', reached);
      }
      const { customerId, number, version } = customer;
      const end = { customerId, number, version, head: customer.head };
      if (!isHeadMac(terms.secret, terms.tenantId, end, customer.mac)) tell('mac', version);
    },
  };
};

const liesPlain = ({ sealed, snapshot }: ChainedEntry): boolean =>
  isPlain(sealed) || (snapshot !== null && isPlain(snapshot));

/** An entry that does not fit its place in the chain. */
interface Misfit {
  entry: ChainedEntry;
  hash: Buffer;
  previous: Buffer;
}

/** Enough to tell what was swapped with what; a history that was rewritten as a whole is not worth the memory. */
const mostMisfits = 8;

/** Whether either of two entries fits in the place of the other. */
const areSwapped = ({ tenantId }: ChainTerms, one: Misfit, other: Misfit): boolean =>
  fitsAt(tenantId, one, other) || fitsAt(tenantId, other, one);

const fitsAt = (tenantId: string, one: Misfit, place: Misfit): boolean => {
  const moved = { ...one.entry, version: place.entry.version };
  return [place.hash, one.hash].some((hash) => isEntryHash(tenantId, moved, place.previous, hash));
};

/** Judges the numbers of a tenant's customers, which have no gap and no twin. */
interface NumberJudge {
  add(customer: Pick<ChainedCustomer, 'customerId' | 'number'>): void;
  end(): void;
}

/** Makes the judge of the numbers from `first` to `last`. It takes one bit for each. */
export const judgeNumbers = (
  first: number,
  last: number,
  report: (finding: ChainFinding) => void,
): NumberJudge => {
  const seen = new Uint8Array(Math.ceil(Math.max(0, last - first + 1) / 8));
  return {
    add({ customerId, number }) {
      const [at, bit] = [(number - first) >> 3, 1 << ((number - first) & 7)];
      const free = number >= first && number <= last && ((seen[at] as number) & bit) === 0;
      if (free) seen[at] = (seen[at] as number) | bit;
      else report({ rule: 'customer-inserted', customerId, number, version: null });
    },
    end() {
      for (let number = first; number <= last; number++) {
        const there = ((seen[(number - first) >> 3] as number) >> ((number - first) & 7)) & 1;
        if (there === 0) report({ rule: 'customer-removed', customerId: null, number, version: null });
      }
    },
  };
};
