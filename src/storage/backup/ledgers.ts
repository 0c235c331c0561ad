import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { appendToLedger, type LedgerEntry, readLedger } from '../../privacy/erasure-ledger.ts';

/** An erasure ledger that was read. */
export interface Ledger {
  path: string;
  entries: LedgerEntry[];
}

/**
 * Reads the configured ledger, which need not be there, and others, which must. Throws OperatorError when one of them is
 * damaged or missing.
 */
export const readLedgers = async (configured: string, others: string[]): Promise<Ledger[]> => {
  for (const path of others) {
    await access(path).catch((cause) => {
      throw new OperatorError(`There is no erasure ledger ${path}.`, { cause });
    });
  }
  const paths = [...new Set([configured, ...others.map((path) => resolve(path))])];
  return Promise.all(paths.map(async (path) => ({ path, entries: await readLedger(path) })));
};

/** Adds what only other ledgers name to the first one, the configured ledger. */
export const keepInLedger = async (configured: string, ledgers: Ledger[]): Promise<void> => {
  const [own, ...others] = ledgers;
  const known = new Set(own?.entries.map(nameOf));
  for (const entry of others.flatMap(({ entries }) => entries)) {
    if (known.has(nameOf(entry))) continue;
    known.add(nameOf(entry));
    await appendToLedger(configured, entry);
  }
};

const nameOf = ({ tenantId, customerId }: LedgerEntry): string => `${tenantId} ${customerId}`;
