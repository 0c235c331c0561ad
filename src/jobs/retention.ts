import type { Tenant } from '../access/principal.ts';
import type { Once, ScheduledErasure } from '../customer/erasure-store.ts';
import type { Reply } from '../customer/operation.ts';
import { byRetention, rulesAfter } from '../customer/retention.ts';
import type { DuePlace } from '../customer/rights-store.ts';
import type { Store } from '../customer/store.ts';
import { Refusal } from '../errors.ts';
import type { Tidied } from './tidy.ts';

/** What applying the rules works with. */
interface RetentionOptions {
  store: Pick<Store, 'retentionChanges' | 'dueCustomers' | 'scheduleErasure' | 'cancelUndueErasures'>;
  newId(): string;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/**
 * Makes the step that schedules customers for erasure whose time is over by the rules of their tenant, some at a time, and
 * cancels what it scheduled of those whom no rule is about any more.
 * It walks them in the order of their last changes and goes on where it was, so that a look costs what became due
 * since; once a day it begins anew, for those that were held back the last time. A legal hold, a
 * restriction, sub-customers or an erasure that is scheduled already leave a customer as it is.
 */
export const createRetention = (options: RetentionOptions): ((tenant: Tenant) => Promise<Tidied>) => {
  const walks = new Map<string, Walk>();
  return async (tenant) => {
    const rules = rulesAfter(await options.store.retentionChanges(tenant));
    const tidied: Tidied = { removed: {}, more: await options.store.cancelUndueErasures(tenant, atOnce) };
    for (const kind of ['deletedCustomers', 'closedCustomers'] as const) {
      const days = rules[kind];
      if (days === null) continue;
      const name = `${tenant.id} ${kind}`;
      const walk = walkOf(walks.get(name), options.now());
      const page = await options.store.dueCustomers(tenant, { kind, days, after: walk.after, limit: atOnce });
      const reason = `Retention: ${kind}, ${days} days`;
      const made = await Promise.all(page.due.map((id) => schedule(options, tenant, id, reason)));
      tidied.removed[kind] = made.filter(Boolean).length;
      tidied.more ||= page.more;
      walks.set(name, { ...walk, after: page.last ?? walk.after });
    }
    return tidied;
  };
};

const atOnce = 500;
const dayMs = 24 * 60 * 60 * 1000;

/** How far a look at a tenant's customers has come, and when it began. */
interface Walk {
  after: DuePlace | null;
  begunAt: number;
}

const walkOf = (known: Walk | undefined, now: number): Walk =>
  known && now - known.begunAt < dayMs ? known : { after: null, begunAt: now };

/** Nobody waits for an answer, and what is refused is thrown. */
const unkeyed: Once<ScheduledErasure> = {
  idempotency: null,
  render: (scheduled) => (scheduled.made ? made : { ...made, status: 200 }),
  renderRefusal(refusal) {
    throw refusal;
  },
};

const made: Reply = { status: 201, headers: {}, body: '' };

/** Whether the erasure was scheduled now. */
const schedule = async (
  { store, newId }: RetentionOptions,
  tenant: Tenant,
  customerId: string,
  reason: string,
): Promise<boolean> => {
  try {
    const { status } = await store.scheduleErasure(tenant, {
      erasureId: newId(),
      customerId,
      reason,
      ...byRetention,
      after: null,
      waiveWindow: false,
      sparesRestricted: true,
      ...unkeyed,
    });
    return status === made.status;
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'unavailable') return false;
    throw error;
  }
};
