import type { Tenant } from '../access/principal.ts';
import { neverAsked } from '../customer/erasure.ts';
import type { Asked, Erasure, ErasureStore } from '../customer/erasure-store.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { lockCustomers } from './customers.ts';
import type { Database } from './database.ts';
import { cancelPlace, readErasures } from './erasure-rows.ts';
import { type KeptPlace, keptOnce } from './kept-once.ts';
import { createHoldStore } from './legal-holds.ts';
import { sealReason } from './reasons.ts';
import { scheduleErasure } from './schedule-erasure.ts';
import { cancelUndueErasure, readUndueErasures } from './undue-erasures.ts';

/** Erasures on PostgreSQL; between being asked for and being carried out lie `windowDays`. */
export const createErasureStore = (database: Database, windowDays: number): ErasureStore => {
  const within = <T>(tenant: Tenant, work: (place: KeptPlace) => Promise<T>): Promise<T> =>
    database.keyring.with(tenant.id, (keys) =>
      database.inTenant(tenant.id, (sql) => work({ sql, keys, tenant })),
    );
  return {
    ...createHoldStore(database),
    scheduleErasure: (tenant, asked) =>
      within(tenant, (place) =>
        keptOnce(place, asked, (customer) => scheduleErasure(place, asked, customer, windowDays)),
      ),
    cancelErasure: (tenant, asked) =>
      within(tenant, (place) => keptOnce(place, asked, (customer) => cancelErasure(place, asked, customer))),
    cancelUndueErasures: async (tenant, limit) => {
      const undue = await within(tenant, ({ sql }) => readUndueErasures(sql, tenant, limit));
      for (const { erasureId, customerId } of undue) {
        await within(tenant, async ({ sql, keys }) => {
          const [row] = await lockCustomers(sql, keys, tenant.id, [customerId]);
          if (row) await cancelUndueErasure(sql, tenant, row, erasureId);
        });
      }
      return undue.length === limit;
    },
    readErasure: (tenant, customerId) =>
      within(tenant, async ({ sql, keys }) => {
        const [newest] = await readErasures(sql, keys, tenant.id, { customerId, limit: 1 });
        return newest;
      }),
    listErasures: (tenant, { status, before, limit }) =>
      within(tenant, ({ sql, keys }) =>
        readErasures(sql, keys, tenant.id, {
          limit,
          ...(status ? { status } : {}),
          ...(before ? { before } : {}),
        }),
      ),
  };
};

/** Cancels the erasure that is scheduled, if one is, and answers with the newest. */
const cancelErasure = async (
  { sql, keys, tenant }: KeptPlace,
  asked: Asked,
  { dataKey }: StoredCustomer,
): Promise<Erasure> => {
  const newest = { customerId: asked.customerId, limit: 1 };
  const [standing] = await readErasures(sql, keys, tenant.id, newest);
  if (!standing) throw neverAsked();
  const sealed = sealReason(asked.reason, dataKey, cancelPlace(tenant.id, standing));
  await sql(
    `UPDATE erasure SET status = 'cancelled', cancelled_at = now(), cancelled_by = $3, cancel_sealed = $4
     WHERE tenant_id = $1 AND erasure_id = $2 AND status = 'scheduled'`,
    [tenant.id, standing.erasureId, asked.principal, sealed],
  );
  return (await readErasures(sql, keys, tenant.id, newest))[0] as Erasure;
};
