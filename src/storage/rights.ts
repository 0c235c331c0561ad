import type { RightsStore } from '../customer/rights-store.ts';
import type { StoredRequest } from '../customer/stored-rows.ts';
import { withHeldKeys } from './data-keys.ts';
import type { Database } from './database.ts';
import { readDueCustomers } from './due-customers.ts';
import { readRepliesOf } from './replies.ts';
import { readRequestsOf } from './requests.ts';
import { readRetentionChanges, setRetentionRules } from './retention.ts';
import { readWebhooks } from './webhooks.ts';

/** What is held of a person beside the record, on PostgreSQL. */
export const createRightsStore = (database: Database): RightsStore => ({
  requestsOf: (tenant, customerId, after, limit) =>
    database.keyring.with(tenant.id, async (keys) =>
      withHeldKeys<StoredRequest>(
        keys,
        await database.readInTenant(tenant.id, (sql) =>
          readRequestsOf(sql, tenant.id, customerId, after, limit),
        ),
      ),
    ),
  repliesOf: (tenant, customerId) =>
    database.readInTenant(tenant.id, (sql) => readRepliesOf(sql, tenant.id, customerId)),
  retentionChanges: (tenant) =>
    database.readInTenant(tenant.id, (sql) => readRetentionChanges(sql, tenant.id)),
  setRetention: (tenant, rules, by) =>
    database.inTenant(tenant.id, async (sql) => {
      await setRetentionRules(sql, tenant.id, rules, by);
      return readRetentionChanges(sql, tenant.id);
    }),
  dueCustomers: (tenant, query) =>
    database.readInTenant(tenant.id, (sql) => readDueCustomers(sql, tenant, query)),
  subscribers: async (tenant) =>
    (await database.readInTenant(tenant.id, (sql) => readWebhooks(sql, tenant.id))).map((one) => ({
      id: one.webhookId,
      contract: one.contract,
      url: one.url,
      events: one.events,
      scopes: one.scopes,
      createdAt: one.createdAt,
      endedAt: one.endedAt,
    })),
});
