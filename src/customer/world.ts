import type { Tenant } from '../access/principal.ts';
import type { DataKey } from '../privacy/data-key.ts';
import type { Customer } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Links } from './links.ts';

/**
 * What a group of commands sees while it is decided: the loaded rows, and on top of them what the commands before
 * decided. Asking for something that was not loaded notes the need and throws `Missing`; the group then loads it and
 * decides again from the start.
 */
export interface World {
  readonly now: Date;
  readonly tenant: Tenant;
  /** A customer that the group is about; undefined when there is none. */
  customer(id: string): Customer | undefined;
  /** Any other customer; throws Missing. */
  customerOrLoad(id: string): Customer | undefined;
  /** The ancestors of a customer, its parent first; throws Missing. */
  ancestorIds(id: string): string[];
  hasSubCustomers(id: string): boolean;
  /** Numbers and ids of customers, as a caller bound to `root` may learn them; they throw Missing. */
  links(root: string | null): Links;
  /** Entries with versions from `from` on, the oldest first. */
  historyFrom(id: string, from: number): HistoryEntry[];
  entry(id: string, version: number): HistoryEntry | undefined;
  /** Who holds a value that only one customer may have. */
  ownerOf(field: string, token: Buffer): string | undefined;
  /** The key of a customer, also of one that was accepted and is not there yet. */
  dataKey(id: string): DataKey | undefined;
  newDataKey(): DataKey;
  /** Takes part in the order of creations, deletions and moves. */
  joinStructure(): void;
  nextNumber(): number;
}
