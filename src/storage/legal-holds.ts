import type { Tenant } from '../access/principal.ts';
import type { Asked, AskedOnce, ErasureStore, LegalHold } from '../customer/erasure-store.ts';
import type { Reply } from '../customer/operation.ts';
import { Refusal } from '../errors.ts';
import type { HeldKey } from '../privacy/data-key.ts';
import { dataKeyColumn, type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import { keptOnce } from './kept-once.ts';
import { openReason, sealReason } from './reasons.ts';
import type { Sql } from './sql.ts';

/** Legal holds on PostgreSQL: a trail that is only added to. */
export const createHoldStore = (
  database: Database,
): Pick<ErasureStore, 'setHold' | 'releaseHold' | 'readHold'> => {
  const enter = (tenant: Tenant, asked: AskedOnce<LegalHold>, event: 'set' | 'released'): Promise<Reply> =>
    database.keyring.with(tenant.id, (keys) =>
      database.inTenant(tenant.id, (sql) =>
        keptOnce({ sql, keys, tenant }, asked, async ({ dataKey }) => {
          const read = async () =>
            holdOf(tenant, withHeldKeys<HoldRow>(keys, await readTrail(sql, tenant.id, asked.customerId)));
          const before = await read();
          const same = before.entries[0]?.reason === asked.reason;
          if (before.held ? event === 'set' && same : event === 'released') return before;
          await insertEntry(sql, tenant, { ...asked, event, sequence: before.entries.length + 1, dataKey });
          return read();
        }),
      ),
    );
  return {
    setHold: (tenant, asked) => enter(tenant, asked, 'set'),
    releaseHold: (tenant, asked) => enter(tenant, asked, 'released'),
    readHold: (tenant, customerId) =>
      database.keyring.with(tenant.id, (keys) =>
        database.inTenant(tenant.id, async (sql) => {
          const there = await sql('SELECT 1 FROM customer WHERE tenant_id = $1 AND customer_id = $2', [
            tenant.id,
            customerId,
          ]);
          if (there.length === 0) throw new Refusal('not-found');
          return holdOf(tenant, withHeldKeys<HoldRow>(keys, await readTrail(sql, tenant.id, customerId)));
        }),
      ),
  };
};

/** Whether a hold stands on the customer that a row of `table` names, as a condition of SQL. */
export const isHeld = (table: string): string =>
  `COALESCE((SELECT h.event = 'set' FROM legal_hold h
    WHERE h.tenant_id = ${table}.tenant_id AND h.customer_id = ${table}.customer_id
    ORDER BY h.sequence DESC LIMIT 1), false)`;

interface HoldRow {
  customerId: string;
  sequence: number;
  event: 'set' | 'released';
  recordedAt: Date;
  principal: string;
  contract: string;
  sealed: Buffer;
  dataKey: HeldKey;
}

const insertEntry = (
  sql: Sql,
  tenant: Tenant,
  entry: Asked & Pick<HoldRow, 'event' | 'sequence' | 'dataKey'>,
): Promise<unknown[]> => {
  const { customerId, sequence, event, principal, contract, reason, dataKey } = entry;
  return sql(
    `INSERT INTO legal_hold (tenant_id, customer_id, sequence, event, recorded_at, principal, contract, sealed)
     VALUES ($1, $2, $3, $4, now(), $5, $6, $7)`,
    [
      ...[tenant.id, customerId, sequence, event, principal, contract],
      sealReason(reason, dataKey, holdPlace(tenant, customerId, sequence)),
    ],
  );
};

const readTrail = (sql: Sql, tenantId: string, customerId: string): Promise<Wrapped<HoldRow>[]> =>
  sql(
    `SELECT h.customer_id AS "customerId", h.sequence, h.event, h.recorded_at AS "recordedAt", h.principal, h.contract,
       h.sealed, ${dataKeyColumn('h')}
     FROM legal_hold h WHERE h.tenant_id = $1 AND h.customer_id = $2 ORDER BY h.sequence DESC`,
    [tenantId, customerId],
  );

const holdOf = (tenant: Tenant, rows: HoldRow[]): LegalHold => ({
  held: rows[0]?.event === 'set',
  entries: rows.map(({ customerId, sequence, sealed, dataKey, ...entry }) => ({
    ...entry,
    reason: openReason(sealed, dataKey, holdPlace(tenant, customerId, sequence)),
  })),
});

const holdPlace = (tenant: Tenant, customerId: string, sequence: number) => ({
  tenantId: tenant.id,
  customerId,
  name: `hold ${sequence}`,
});
