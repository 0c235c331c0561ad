import type { DataKey, HeldKey } from '../privacy/data-key.ts';
import { seal, sealContent, unseal, unsealText } from '../privacy/seal.ts';
import type { Change } from '../schema/change.ts';
import type { Json } from '../schema/json.ts';
import { formatPointer, parsePointer } from '../schema/pointer.ts';
import { holdsPersonal, type Shape, shapeAt } from '../schema/shape.ts';
import { customerShape } from './record.ts';
import type { HistoryRow } from './stored-rows.ts';

/** One change of a customer: who, when, through which contract, why, and what per path. */
export interface HistoryEntry
  extends Pick<HistoryRow, 'customerId' | 'version' | 'recordedAt' | 'principal' | 'contract' | 'operation'> {
  reason: string | null;
  changes: Change[];
  /** The whole record after the change as JSON text, on some entries. */
  snapshot: string | null;
}

/** A snapshot stands at the first version and at every one divisible by this. */
export const snapshotEvery = 64;

/**
 * Puts an entry into its stored form, not chained yet. All changes are sealed, not the personal ones alone, so that an
 * erasure makes all of them unreadable.
 */
export const encodeHistory = (
  entry: HistoryEntry,
  tenantId: string,
  key: DataKey,
): Omit<HistoryRow, 'hash'> => {
  const place = placesOf(tenantId, entry);
  return {
    customerId: entry.customerId,
    version: entry.version,
    recordedAt: entry.recordedAt,
    principal: entry.principal,
    contract: entry.contract,
    operation: entry.operation,
    open: '[]',
    sealed: seal({ changes: entry.changes as unknown as Json, reason: entry.reason }, key, place.history),
    snapshot: entry.snapshot === null ? null : sealContent(entry.snapshot, key, place.snapshot),
  };
};

/** Reads an entry back with the customer's key: changes that lay open, as some did once, then the sealed ones. */
export const decodeHistory = (
  row: Omit<HistoryRow, 'hash'>,
  tenantId: string,
  held: HeldKey = 'none',
): HistoryEntry => {
  const place = placesOf(tenantId, row);
  const sealed = unseal(row.sealed, held, place.history) as unknown as {
    changes: Change[];
    reason: string | null;
  };
  return {
    customerId: row.customerId,
    version: row.version,
    recordedAt: row.recordedAt,
    principal: row.principal,
    contract: row.contract,
    operation: row.operation,
    reason: sealed.reason,
    changes: [...(JSON.parse(row.open) as Change[]), ...sealed.changes],
    snapshot: row.snapshot && unsealText(row.snapshot, held, place.snapshot),
  };
};

const placesOf = (tenantId: string, { customerId, version }: { customerId: string; version: number }) => {
  const place = { tenantId, customerId, version };
  return { history: { kind: 'history', ...place }, snapshot: { kind: 'snapshot', ...place } } as const;
};

/** The schema at the place a change names. */
export const shapeOfChange = (path: string): Shape | undefined => shapeAt(customerShape, parsePointer(path));

/** Whether a change names a place that holds, or may hold, a person's data. */
export const isPersonalPath = (path: string): boolean => {
  const known = personalPaths.get(path);
  if (known !== undefined) return known;
  const shape = shapeOfChange(path);
  const personal = shape === undefined || holdsPersonal(shape);
  if (personalPaths.size < mostKnownPaths) personalPaths.set(path, personal);
  return personal;
};

const personalPaths = new Map<string, boolean>();
const mostKnownPaths = 5000;

/**
 * The part of a change's path that the schema declares, as far as members are personal each for itself: names that a
 * client made up may be personal, and so is which items a list has that is personal as a whole.
 */
export const declaredPath = (path: string): string => {
  let shape: Shape | undefined = customerShape;
  const declared: string[] = [];
  for (const segment of parsePointer(path)) {
    if (!shape || shape.kind === 'leaf' || shape.marks.personal || shape.marks.secret) break;
    declared.push(segment);
    shape = shape.kind === 'list' ? shape.item : shape.members.get(segment);
  }
  return formatPointer(declared);
};
