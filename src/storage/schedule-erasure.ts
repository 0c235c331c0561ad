import type { Tenant } from '../access/principal.ts';
import type { AskedErasure, Erasure, ScheduledErasure } from '../customer/erasure-store.ts';
import { decodeCustomer } from '../customer/record.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { UnreadableRecord } from '../customer/unreadable-record.ts';
import { Refusal } from '../errors.ts';
import { type HeldKey, keyIn } from '../privacy/data-key.ts';
import { restrictedLevel } from '../privacy/sight.ts';
import { insertErasure, isParent, readErasures } from './erasure-rows.ts';
import type { KeptPlace } from './kept-once.ts';
import { isHeld } from './legal-holds.ts';
import type { Sql } from './sql.ts';

/**
 * Schedules the erasure of a customer, who is locked; the same that is asked for again is the one that stands. Throws
 * Refusal `forbidden`, `legal-hold`, `has-sub-customers`, `not-sealed`, `validation-failed`, `erasure-scheduled`, and
 * `internal-error` for a customer whose key is lost.
 */
export const scheduleErasure = async (
  { sql, keys, tenant }: KeptPlace,
  asked: AskedErasure,
  customer: StoredCustomer,
  windowDays: number,
): Promise<ScheduledErasure> => {
  const { dataKey, number } = customer;
  if (asked.sparesRestricted) refuseRestricted(tenant, customer);
  await refuseHindered(sql, tenant.id, asked.customerId);
  refuseKeyless(tenant.id, asked.customerId, dataKey);
  const dueAt = await dueAtOf(sql, asked, windowDays);
  const newest = { customerId: asked.customerId, limit: 1 };
  const [standing] = await readErasures(sql, keys, tenant.id, newest);
  if (standing?.status === 'scheduled' || standing?.status === 'held') {
    if (isSame(standing, asked)) return { erasure: standing, made: false };
    throw new Refusal('erasure-scheduled');
  }
  await insertErasure(sql, tenant.id, { ...asked, number, dueAt, dataKey });
  const [erasure] = await readErasures(sql, keys, tenant.id, newest);
  return { erasure: erasure as Erasure, made: true };
};

const refuseHindered = async (sql: Sql, tenantId: string, customerId: string): Promise<void> => {
  const [state] = await sql<{ held: boolean; parent: boolean; sealed: boolean }>(
    `SELECT ${isHeld('c')} AS held, ${isParent('c')} AS parent,
       (SELECT s.sealed_only FROM tenant_state s WHERE s.tenant_id = $1) AS sealed
     FROM customer c WHERE c.tenant_id = $1 AND c.customer_id = $2`,
    [tenantId, customerId],
  );
  if (state?.held) throw new Refusal('legal-hold');
  if (state?.parent) throw new Refusal('has-sub-customers');
  if (!state?.sealed) throw new Refusal('not-sealed');
};

/** All of the tenant is sealed: a customer without a key lost it, and no reason could be sealed for it. */
const refuseKeyless = (tenantId: string, customerId: string, dataKey: HeldKey): void => {
  if (keyIn(dataKey)) return;
  const detail = 'The key of the customer is missing or damaged: what is held of it can’t be opened';
  throw new Refusal('internal-error', { detail, cause: new UnreadableRecord(tenantId, customerId, null) });
};

const refuseRestricted = (tenant: Tenant, row: StoredCustomer): void => {
  if (levelOf(tenant, row) < restrictedLevel) return;
  const detail = 'the record is restricted (level 4)';
  throw new Refusal('restricted', { faults: [{ pointer: '', rule: 'restricted', detail }] });
};

/** The protection level; a record that cannot be opened may be restricted as well, so it counts as one. */
const levelOf = (tenant: Tenant, row: StoredCustomer): number => {
  try {
    return decodeCustomer(row, tenant.id).data.protectionLevel;
  } catch {
    return restrictedLevel;
  }
};

/** The moment from which on it is carried out. Throws Refusal `validation-failed` for one within the window. */
const dueAtOf = async (sql: Sql, { after, waiveWindow }: AskedErasure, windowDays: number): Promise<Date> => {
  const [clock] = await sql<{ earliest: Date }>(`SELECT now() + make_interval(days => $1) AS earliest`, [
    waiveWindow ? 0 : windowDays,
  ]);
  const { earliest } = clock as { earliest: Date };
  if (after === null || (waiveWindow && after < earliest)) return earliest;
  if (after >= earliest) return after;
  const detail = `must be ${windowDays} days ahead or more, unless waiveWindow is true`;
  throw new Refusal('validation-failed', {
    faults: [{ pointer: '/after', rule: 'window', detail, wire: true }],
  });
};

/** Whether the same is asked for again: then the answer is the erasure that is scheduled. */
const isSame = (standing: Erasure, asked: AskedErasure): boolean =>
  standing.reason === asked.reason &&
  standing.requestedBy === asked.principal &&
  standing.windowWaived === asked.waiveWindow &&
  (asked.after === null || standing.dueAt.getTime() === asked.after.getTime());
