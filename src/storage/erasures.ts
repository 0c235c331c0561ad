import type { Tenant } from '../access/principal.ts';
import { neverAsked } from '../customer/erasure.ts';
import type { AskedErasure, Erasure, ErasureStore } from '../customer/erasure-store.ts';
import { decodeCustomer } from '../customer/record.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { UnreadableRecord } from '../customer/unreadable-record.ts';
import { Refusal } from '../errors.ts';
import { type HeldKey, keyIn } from '../privacy/data-key.ts';
import { restrictedLevel } from '../privacy/mask.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { lockCustomers } from './customers.ts';
import { withHeldKeys } from './data-keys.ts';
import type { Database, Sql } from './database.ts';
import {
  cancelPlace,
  type ErasureRow,
  erasureOf,
  insertErasure,
  isParent,
  readErasures,
} from './erasure-rows.ts';
import { keptOnce } from './kept-once.ts';
import { createHoldStore, isHeld } from './legal-holds.ts';
import { sealReason } from './reasons.ts';
import { cancelUndueErasure, readUndueErasures } from './undue-erasures.ts';

/** Erasures on PostgreSQL; between being asked for and being carried out lie `windowDays`. */
export const createErasureStore = (database: Database, windowDays: number): ErasureStore => {
  const within = <T>(tenant: Tenant, work: (sql: Sql, keys: TenantKeys) => Promise<T>): Promise<T> =>
    database.keyring.with(tenant.id, (keys) => database.inTenant(tenant.id, (sql) => work(sql, keys)));
  return {
    ...createHoldStore(database),
    scheduleErasure: (tenant, asked) =>
      within(tenant, (sql, keys) =>
        keptOnce({ sql, keys, tenant }, asked, async (customer) => {
          const { dataKey, number } = customer;
          if (asked.sparesRestricted) refuseRestricted(tenant, customer);
          await refuseHindered(sql, tenant.id, asked.customerId);
          refuseKeyless(tenant.id, asked.customerId, dataKey);
          const dueAt = await dueAtOf(sql, asked, windowDays);
          const newest = { customerId: asked.customerId, limit: 1 };
          const [standing] = await read(sql, keys, tenant, newest);
          if (standing?.status === 'scheduled' || standing?.status === 'held') {
            if (isSame(standing, asked)) return { erasure: standing, made: false };
            throw new Refusal('erasure-scheduled');
          }
          await insertErasure(sql, tenant.id, { ...asked, number, dueAt, dataKey });
          return { erasure: (await read(sql, keys, tenant, newest))[0] as Erasure, made: true };
        }),
      ),
    cancelErasure: (tenant, asked) =>
      within(tenant, (sql, keys) =>
        keptOnce({ sql, keys, tenant }, asked, async ({ dataKey }) => {
          const newest = { customerId: asked.customerId, limit: 1 };
          const [standing] = await read(sql, keys, tenant, newest);
          if (!standing) throw neverAsked();
          const sealed = sealReason(asked.reason, dataKey, cancelPlace(tenant.id, standing));
          await sql(
            `UPDATE erasure SET status = 'cancelled', cancelled_at = now(), cancelled_by = $3, cancel_sealed = $4
             WHERE tenant_id = $1 AND erasure_id = $2 AND status = 'scheduled'`,
            [tenant.id, standing.erasureId, asked.principal, sealed],
          );
          return (await read(sql, keys, tenant, newest))[0] as Erasure;
        }),
      ),
    cancelUndueErasures: async (tenant, limit) => {
      const undue = await within(tenant, (sql) => readUndueErasures(sql, tenant, limit));
      for (const { erasureId, customerId } of undue) {
        await within(tenant, async (sql, keys) => {
          const [row] = await lockCustomers(sql, keys, tenant.id, [customerId]);
          if (row) await cancelUndueErasure(sql, tenant, row, erasureId);
        });
      }
      return undue.length === limit;
    },
    readErasure: (tenant, customerId) =>
      within(tenant, async (sql, keys) => (await read(sql, keys, tenant, { customerId, limit: 1 }))[0]),
    listErasures: (tenant, { status, before, limit }) =>
      within(tenant, (sql, keys) =>
        read(sql, keys, tenant, { limit, ...(status ? { status } : {}), ...(before ? { before } : {}) }),
      ),
  };
};

const read = async (
  sql: Sql,
  keys: TenantKeys,
  tenant: Tenant,
  query: Parameters<typeof readErasures>[2],
): Promise<Erasure[]> => {
  const rows = withHeldKeys<ErasureRow & { dataKey: HeldKey }>(
    keys,
    await readErasures(sql, tenant.id, query),
  );
  return rows.map((row) => erasureOf(tenant.id, row));
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
  throw new Refusal('forbidden', { faults: [{ pointer: '', rule: 'restricted', detail }] });
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
