import { Refusal } from '../errors.ts';
import { type Change, invert, touches } from '../schema/change.ts';
import type { JsonObject } from '../schema/json.ts';
import { revert } from '../schema/revert.ts';
import { blindAmong, blindConflicts } from './blind-changes.ts';
import { personalRights } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { WriteOperation } from './operation.ts';
import { seenPath } from './seen-change.ts';
import type { World } from './world.ts';

/**
 * Takes one change back, and only it: later changes of other places stay (three-way). Where a place was changed
 * again since, nothing is undone and the places are named.
 */
export const undoChange: WriteOperation<{ version: number }> = {
  name: 'customer.undo',
  event: 'customer.updated',
  scopes: ['customer:write', 'history:read'],
  onDeleted: true,
  decide(current, { version }, context, world) {
    const customer = current as Customer;
    const entry = world.entry(customer.id, version);
    if (!entry) throw new Refusal('not-found', { detail: 'The customer has no such version' });
    if (entry.operation === 'customer.delete') {
      if (customer.deletedAt && customer.version === version) return { data: customer.data };
      throw conflict(['']);
    }
    if (customer.deletedAt) throw new Refusal('not-found');
    if (version === 1) {
      throw new Refusal('merge-conflict', { detail: 'A creation is undone by deleting the customer' });
    }
    if (entry.operation === 'customer.undo' && entry.changes.length === 0) {
      throw new Refusal('merge-conflict', { detail: 'A restoration is undone by deleting the customer' });
    }
    const blind = blindAmong(context, customer, invert(entry.changes));
    const undone = revert(customer.data as JsonObject, entry.changes);
    const changed = 'conflicts' in undone ? undone.conflicts : [];
    const moved = [
      ...changed.filter((path) => !blind.some((one) => touches(path, one.path))),
      ...changedSince(blind, customer, version, world),
    ];
    if (moved.length > 0 || 'conflicts' in undone) {
      const viewer = { level: customer.data.protectionLevel, rights: personalRights(context.principal) };
      throw conflict([...new Set(moved.map((path) => seenPath(path, viewer)))]);
    }
    return { data: undone.next as unknown as CustomerData, blind };
  },
};

/**
 * Where the caller does not see what stands, any later change is in the way: that the old value is back must not tell that
 * a later one was the same.
 */
const changedSince = (
  blind: readonly Change[],
  { id, version: newest }: Customer,
  version: number,
  world: World,
): string[] => {
  if (blind.length === 0 || version === newest) return [];
  const since = world.historyFrom(id, version + 1).flatMap(({ changes }) => changes);
  return blindConflicts(blind, since).map(({ mine }) => mine.path);
};

const conflict = (paths: string[]): Refusal =>
  new Refusal('merge-conflict', {
    detail: 'The places of this change were changed again since',
    faults: paths.map((pointer) => ({ pointer, rule: 'changedSince', detail: 'was changed since' })),
  });
