import { Refusal } from '../errors.ts';
import { applyChanges } from '../schema/apply-changes.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Customer } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import { withData } from './record.ts';

/** A version of a customer, or the one that was the newest at an instant. */
export type PointInHistory = { version: number } | { instant: Date };

/**
 * The customer at the newest of these entries, which begin with a snapshot: that with the changes since. Throws Refusal
 * `not-found` where they do not reach the point that was asked for, or the customer was deleted then.
 */
export const customerAt = (customer: Customer, entries: HistoryEntry[], at: PointInHistory): Customer => {
  const last = entries.at(-1);
  const missed = last === undefined || ('version' in at && last.version !== at.version);
  if (missed || last.operation === 'customer.delete') {
    const detail = 'version' in at ? 'The customer has no such version' : 'The customer was not there then';
    throw new Refusal('not-found', { detail });
  }
  const data = entries.reduce<JsonObject>(
    (record, entry) =>
      entry.snapshot === null
        ? applyChanges(record, entry.changes)
        : (JSON.parse(entry.snapshot) as JsonObject),
    {},
  );
  return {
    ...withData(customer, data),
    version: last.version,
    updatedAt: last.recordedAt,
    deletedAt: null,
  };
};
