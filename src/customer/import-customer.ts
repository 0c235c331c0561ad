import { type Fault, Refusal } from '../errors.ts';
import { applyChanges } from '../schema/apply-changes.ts';
import { type Change, invert } from '../schema/change.ts';
import { instantOf } from '../schema/formats.ts';
import { deepEqual, type JsonObject } from '../schema/json.ts';
import { checkRecord } from './check-record.ts';
import type { CustomerData } from './customer.ts';
import { type HistoryEntry, snapshotEvery } from './history-entry.ts';
import type { Past, WriteOperation } from './operation.ts';

/** The part of an export that makes a customer: its record and every change that led to it, the oldest first. */
export interface ExportedCustomer {
  id: string;
  createdAt: string;
  record: JsonObject;
  history: ExportedEntry[];
}

/** An entry of the history as an export says it. */
interface ExportedEntry {
  version: number;
  recordedAt: string;
  principal: string;
  contract: string;
  operation: string;
  reason: string | null;
  changes: Change[];
}

/** A customer that was judged and may be taken over as it is. */
interface ImportedCustomer {
  past: Past;
}

/**
 * Takes over a customer with all of its history. The entries keep their versions, times, names and reasons; the entry
 * of the import itself comes after them and says who took them over, so that everything up to it is known to come from
 * elsewhere. A parent that is not there is left out, which that entry says too. The number is a new one.
 */
export const importCustomer: WriteOperation<ImportedCustomer> = {
  name: 'customer.import',
  event: 'customer.created',
  scopes: ['customer:write', 'personal:write', 'privacy:manage'],
  decide(_current, { past }, _context, world) {
    const newest = past.entries.at(-1)?.recordedAt ?? past.createdAt;
    if (newest > world.now) throw invalid(`/history/${past.entries.length - 1}`, 'must not be in the future');
    const { parentId, ...others } = past.record;
    const parent = typeof parentId === 'string' ? world.customerOrLoad(parentId) : undefined;
    const there = typeof parentId !== 'string' || (parent !== undefined && parent.deletedAt === null);
    return { data: (there ? past.record : others) as unknown as CustomerData, past };
  },
};

/**
 * Judges an exported customer like a row of changes that are made now: every version has to be a valid record, every
 * change has to be one that can be taken back, and the last has to leave the record that is told. Throws Refusal
 * `validation-failed`, which names entries and quotes no value.
 */
export const readExported = (exported: ExportedCustomer): ImportedCustomer => {
  const createdAt = instant(exported.createdAt, '/customer/createdAt');
  const entries: HistoryEntry[] = [];
  let record: JsonObject = {};
  let before = createdAt;
  for (const [index, entry] of exported.history.entries()) {
    const pointer = `/history/${index}`;
    if (entry.version !== index + 1) throw invalid(`${pointer}/version`, 'must follow the one before');
    const recordedAt = instant(entry.recordedAt, `${pointer}/recordedAt`);
    if (recordedAt < before) throw invalid(`${pointer}/recordedAt`, 'must not be before the one before');
    record = applied(record, entry.changes, pointer);
    const snapshot = entry.version === 1 || entry.version % snapshotEvery === 0;
    entries.push({
      ...entry,
      customerId: exported.id,
      recordedAt,
      snapshot: snapshot ? JSON.stringify(record) : null,
    });
    before = recordedAt;
  }
  if (!deepEqual(record, exported.record)) throw invalid('/customer', 'is not what its history leads to');
  return { past: { createdAt, entries, record: exported.record } };
};

/** The record after the changes of one entry. */
const applied = (before: JsonObject, changes: Change[], pointer: string): JsonObject => {
  let after: JsonObject;
  try {
    after = applyChanges(before, changes);
    if (!deepEqual(applyChanges(after, invert(changes)), before)) throw new Error('Not what it was before');
  } catch {
    throw invalid(`${pointer}/changes`, 'does not follow from the entries before');
  }
  try {
    checkRecord(after, before, () => '');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('validation-failed', {
      faults: error.faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` })),
    });
  }
  return after;
};

const instant = (text: string, pointer: string): Date => {
  const date = instantOf(text);
  if (date) return date;
  throw invalid(pointer, 'must be a date-time with its time zone');
};

const invalid = (pointer: string, detail: string): Refusal => {
  const faults: Fault[] = [{ pointer, rule: 'history', detail }];
  return new Refusal('validation-failed', { faults });
};
