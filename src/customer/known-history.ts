import type { HistoryEntry } from './history-entry.ts';
import type { Known } from './known.ts';
import { missing } from './missing.ts';

/** Entries of a customer with versions from `from` to `to`, the oldest first. Throws Missing. */
export const entriesBetween = (known: Known, id: string, from: number, to: number): HistoryEntry[] => {
  const { loaded, needs, customers, entries, noted } = known;
  const isLoaded = loaded.historyOf.some((one) => one.customerId === id && one.from <= from && one.to >= to);
  if (!isLoaded) return missing(() => needs.history.push({ customerId: id, from, to }));
  const all = [...(entries.get(id) ?? []), ...(noted.get(id) ?? [])];
  // Without a lock the history may be newer than the customer that was read before it.
  const last = Math.min(to, customers.get(id)?.version ?? to);
  return [...new Map(all.map((one) => [one.version, one])).values()]
    .filter((one) => one.version >= from && one.version <= last)
    .sort((a, b) => a.version - b.version);
};
