import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRetention } from '../../src/jobs/retention.ts';
import { tidyAll } from '../../src/jobs/tidy.ts';
import { readTenant } from '../../src/storage/tenants.ts';
import type { Client } from '../support/client.ts';
import { schedule } from '../support/erasures.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';
import { until } from '../support/webhooks.ts';

type Owned = Client & { tenantId: string };

let service: TestService;
let broken: Owned;
let sound: Owned;

/** Two tenants with an erasure that is asked for; the keys of the first one can't be opened any more. */
beforeAll(async () => {
  service = await startService({ settings: { SWEEP_MS: '10' } });
  [broken, sound] = [await service.otherTenant('a'), await service.otherTenant('b')];
  for (const client of [broken, sound]) await schedule(client, (await client.create())['id']);
  const spoilt = `overlay(wrapped PLACING '\\x0000'::bytea FROM octet_length(wrapped) - 2)`;
  await service.database.query(`UPDATE tenant_key SET wrapped = ${spoilt} WHERE tenant_id = $1`, [
    broken.tenantId,
  ]);
  service.app.database.keyring.forget(broken.tenantId);
  await expect(tenantOf(service, broken.tenantId)).rejects.toThrow();
});
afterAll(() => service.stop());

test('holds up the erasures of no other tenant', async () => {
  await service.database.query('UPDATE erasure SET due_at = now()');
  const statuses = () =>
    service.database.query<{ status: string }>(
      'SELECT status FROM erasure JOIN tenant USING (tenant_id) ORDER BY name',
    );
  await until(async () => (await statuses())[1]?.status === 'completed');
  expect(await statuses()).toEqual([{ status: 'scheduled' }, { status: 'completed' }]);
});

test('holds up the tidying of no other tenant, and is told by its id and nothing else', async () => {
  const { app } = service;
  const retain = createRetention({ store: app.door.store, newId: uuidv7, now: () => 0 });
  const tidied: string[] = [];
  const told: unknown[] = [];
  const options = {
    tenants: async () => [broken.tenantId, sound.tenantId],
    steps: [
      async () => ({ removed: { requests: 1 }, more: false }),
      async (id: string) => {
        const tenant = await readTenant(app.database, id);
        tidied.push(id);
        return tenant ? retain(tenant) : { removed: {}, more: false };
      },
    ],
    onRemoved() {},
    log: {
      info: (about: object) => void told.push(about),
      error: (about: object, message: string) => void told.push({ ...about, message }),
    },
  };
  await tidyAll(options, () => false);
  expect(tidied).toEqual([sound.tenantId]);
  const failed = 'a tenant could not be tidied, and will be tried again';
  expect(told).toEqual([
    { tenantId: broken.tenantId, removed: { requests: 1 } },
    { tenant: broken.tenantId, error: 'Error', message: failed },
    { tenantId: sound.tenantId, removed: { requests: 1 } },
  ]);
});
