/** What is wrong with a stored history. */
export type ChainRule =
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
