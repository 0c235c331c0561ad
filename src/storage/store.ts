import type { GroupTransaction, Store } from '../customer/store.ts';
import type { HistoryRow } from '../customer/stored-rows.ts';
import type { HeldKey } from '../privacy/data-key.ts';
import { createAccessStore } from './access-log.ts';
import { readIdsOf, readNumbersOf } from './customer-numbers.ts';
import { readCustomers } from './customers.ts';
import { type Wrapped, withHeldKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import { readWithin } from './descendants.ts';
import { createErasureStore } from './erasures.ts';
import { genuineEntries } from './genuine-entries.ts';
import type { Group } from './group.ts';
import { load } from './group-load.ts';
import { save } from './group-save.ts';
import { readHistory, readHistoryUpTo } from './history.ts';
import { countCustomers, listCustomers, plannedQuery } from './list-customers.ts';
import { readOpenRequests, readRequest } from './requests.ts';
import { createRightsStore } from './rights.ts';
import { signingKeyOf } from './signing-keys.ts';
import type { Sql } from './sql.ts';

/** The store on PostgreSQL. Statements of one step are sent together and answered in order. */
export const createStore = (
  database: Database,
  { erasureWindowDays }: { erasureWindowDays: number },
): Store => ({
  ...createRightsStore(database),
  ...createErasureStore(database, erasureWindowDays),
  ...createAccessStore(database),
  transact: (tenant, work) =>
    database.keyring.with(tenant.id, (keys) =>
      database.inTenant(tenant.id, (sql, commit) =>
        work(groupTransaction({ sql, commit, tenantId: tenant.id, keys, keyring: database.keyring })),
      ),
    ),
  readCustomers: (tenant, ids) =>
    database.keyring.with(tenant.id, (keys) =>
      database.readInTenant(tenant.id, (sql) => readCustomers(sql, keys, tenant.id, ids)),
    ),
  readNumbers: (tenant, ids, numbers) =>
    database.readInTenant(tenant.id, async (sql) => {
      const [ofIds, ofNumbers] = await Promise.all([
        readNumbersOf(sql, tenant.id, ids),
        readIdsOf(sql, tenant.id, numbers),
      ]);
      return [...ofIds, ...ofNumbers];
    }),
  readWithin: (tenant, root, ids) =>
    database.readInTenant(tenant.id, (sql) => readWithin(sql, tenant.id, root, ids)),
  async listCustomers(tenant, query) {
    const planned = await plannedQuery(database, tenant.id, query);
    return readWithKeys(database, tenant.id, (sql) => listCustomers(sql, tenant.id, planned));
  },
  async countCustomers(tenant, query) {
    const planned = await plannedQuery(database, tenant.id, query);
    return database.readInTenant(tenant.id, (sql) => countCustomers(sql, tenant.id, planned));
  },
  readHistory: (tenant, id, before, limit) =>
    readGenuine(database, tenant.id, (sql) => readHistory(sql, tenant.id, id, before, limit)),
  readUpTo: (tenant, id, at) =>
    readGenuine(database, tenant.id, (sql) => readHistoryUpTo(sql, tenant.id, id, at)),
  readRequest: async (tenant, id) =>
    (await readWithKeys(database, tenant.id, (sql) => readRequest(sql, tenant.id, id)))[0],
  openRequests: (tenant, limit) =>
    readWithKeys(database, tenant.id, (sql) => readOpenRequests(sql, tenant.id, limit)),
  signingKey: (tenant) => signingKeyOf(database, tenant.id),
});

const groupTransaction = (group: Group): GroupTransaction => ({
  load: (needs) => load(group, needs),
  save: (writes) => save(group, writes),
});

/** Reads rows and unwraps the keys of their customers. */
const readWithKeys = <Row extends { customerId: string; dataKey: HeldKey }>(
  database: Database,
  tenantId: string,
  read: (sql: Sql) => Promise<Wrapped<Row>[]>,
): Promise<Row[]> =>
  database.keyring.with(tenantId, async (keys) =>
    withHeldKeys<Row>(keys, await database.readInTenant(tenantId, read)),
  );

const readGenuine = (
  database: Database,
  tenantId: string,
  read: (sql: Sql) => Promise<HistoryRow[]>,
): Promise<HistoryRow[]> =>
  database.keyring.with(tenantId, async (keys) =>
    genuineEntries(keys, await database.readInTenant(tenantId, read)),
  );
