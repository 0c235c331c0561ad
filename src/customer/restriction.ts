import { restrictedLevel } from '../privacy/sight.ts';
import type { Context } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { HistoryEntry } from './history-entry.ts';
import { noteReason } from './note-disclosure.ts';
import type { WriteOperation } from './operation.ts';
import type { Reader } from './reader.ts';
import type { World } from './world.ts';

/** Restricts a customer (GDPR Art. 18): raises the record to level 4. Like every change to that level it needs a reason. */
export const restrictCustomer: WriteOperation<null> = {
  name: 'customer.restrict',
  event: 'customer.updated',
  scopes: ['privacy:manage'],
  decide: (current) => ({ data: atLevel(current as Customer, restrictedLevel) }),
};

/** Lifts a restriction: sets the level back to what it was before. Changes nothing where there is none. */
export const liftRestriction: WriteOperation<null> = {
  name: 'customer.lift-restriction',
  event: 'customer.updated',
  scopes: ['privacy:manage'],
  decide(current, _input, _context, world) {
    const customer = current as Customer;
    if (customer.data.protectionLevel < restrictedLevel) return { data: customer.data };
    return { data: atLevel(customer, levelBefore(customer, world)) };
  },
};

/** A restriction as it stands: since when, by whom, why, and which level comes back when it is lifted. */
interface Restriction {
  since: Date;
  version: number;
  principal: string;
  contract: string;
  reason: string | null;
  levelBefore: number;
}

/** The restriction of a customer; null where there is none. Throws Refusal `not-found` and `erased`. */
export const readRestriction = async (
  reader: Reader,
  context: Context,
  id: string,
): Promise<Restriction | null> => {
  for (let before = Number.MAX_SAFE_INTEGER; before > 1; ) {
    const { customer, entries } = await reader.history(context, id, before, entriesAtOnce);
    if (customer.data.protectionLevel < restrictedLevel) return null;
    const raised = entries.find(raises);
    if (raised) {
      if (raised.reason !== null) noteReason(context, customer);
      return restrictionOf(raised);
    }
    before = entries.at(-1)?.version ?? 0;
  }
  return null;
};

const entriesAtOnce = 200;

const restrictionOf = (entry: HistoryEntry): Restriction => ({
  since: entry.recordedAt,
  version: entry.version,
  principal: entry.principal,
  contract: entry.contract,
  reason: entry.reason,
  levelBefore: levelBeforeIn(entry),
});

const atLevel = ({ data }: Customer, protectionLevel: number): CustomerData => ({ ...data, protectionLevel });

/** What the level was is read out of the history, so that no second place can say otherwise; the newest entries first. */
const levelBefore = ({ id, version }: Customer, world: World): number => {
  for (const span of [64, 1024, version]) {
    const raised = world.historyFrom(id, Math.max(1, version - span + 1)).findLast(raises);
    if (raised) return levelBeforeIn(raised);
  }
  return levelOfOld;
};

const levelPath = '/protectionLevel';

const raises = ({ changes }: HistoryEntry): boolean =>
  changes.some(({ path, after }) => path === levelPath && after === restrictedLevel);

/** A customer that was restricted from the start comes down to the next level, not to none. */
const levelBeforeIn = ({ changes }: HistoryEntry): number => {
  const before = changes.find(({ path }) => path === levelPath)?.before;
  return typeof before === 'number' ? before : levelOfOld;
};

const levelOfOld = 3;
