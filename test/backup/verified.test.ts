import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLedger } from '../../src/privacy/erasure-ledger.ts';
import { writeBackup } from '../../src/storage/backup/write-backup.ts';
import { makeCheckpoints } from '../../src/storage/checkpoints.ts';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import { createClient } from '../support/client.ts';
import { eraseNow } from '../support/erasures.ts';
import { startService, type TestService } from '../support/service.ts';
import { backupDirectory, restored } from './restored.ts';

const directory = await backupDirectory();
const ledger = join(directory, 'erasures.ledger');
let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: { ERASURE_LEDGER: ledger } });
});
afterAll(() => service.stop());

const customerOf = async (): Promise<string> => {
  const { id } = await service.create({ name: 'Ada' });
  for (const note of ['one', 'two', 'three']) await service.patch(id, { note });
  return id;
};

test('what is restored verifies, after the ledger was replayed and after changes of its own; what is missing is found', async () => {
  const { tenantId } = service;
  const [kept, before, after] = [await customerOf(), await customerOf(), await customerOf()];
  await eraseNow(service, before);
  const anchors = await makeCheckpoints(service.app.database, tenantId);
  expect(anchors).toHaveLength(1);
  await service.patch(kept, { note: 'after the checkpoint' });
  const path = join(directory, 'one.backup');
  await writeBackup({ connectionString: service.database.url }, path);
  await eraseNow(service, after);
  const entries = await readLedger(ledger);
  const { database, summary } = await restored(path, { ledger: entries });
  expect([entries.length, summary.erased]).toEqual([2, 1]);

  const other = await startService({ database, settings: { ERASURE_LEDGER: ledger } });
  const there = createClient(other.app.address, service.secret, service.tenantName);
  const verify = () => verifyHistory(other.app.database, tenantId, { anchors });
  const sound = { found: 0, findings: [], unproven: 0, customers: 3 };
  expect(await verify()).toMatchObject({ ...sound, entries: 13, checkpoints: anchors[0]?.sequence });
  expect((await there.get(`/v1/customers/${after}`)).status).toBe(410);
  await there.patch(kept, { note: 'after the restore' });
  await there.create({ name: 'New' });
  await makeCheckpoints(other.app.database, tenantId);
  expect(await verify()).toMatchObject({ ...sound, customers: 4, entries: 15 });
  // The chain of who was erased is proven like any other.
  await database.query('DELETE FROM history WHERE customer_id = $1 AND version = 2', [after]);
  expect((await verify()).findings).toMatchObject([{ customerId: after }]);
  await other.stop();
  await database.drop();
});
