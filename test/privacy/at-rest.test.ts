import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOfDatabase, filesWith } from '../support/database-files.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { ended, later } from '../support/requests.ts';
import { startService, type TestService } from '../support/service.ts';

/** Marks that no other test of the run writes, as long as those of `fullCustomer`. */
const run = randomBytes(3).toString('hex');
const marks = { open: `Q${run.slice(0, 4)}`, personal: `P${run}qq`, secret: `S${run}`, date: '1815-12-10' };

const marked = (over: object = {}): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(fullCustomer(over))
      .replaceAll('Zopen', marks.open)
      .replaceAll('Zpersonal', marks.personal)
      .replaceAll('Zsecret', marks.secret),
  );

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('no personal value is in any file of the database nor in its write-ahead log, whatever was done with it', async () => {
  const reason = { 'customary-reason': `${marks.personal} asked` };
  const made = await service.send('POST', '/v1/customers', {
    body: marked(),
    headers: { ...reason, 'idempotency-key': marks.personal },
  });
  expect(made.status).toBe(201);
  const { id } = made.body;
  const patched = await service.patch(
    id,
    { name: `${marks.personal} two`, securityPin: marks.secret },
    reason,
  );
  expect(patched.status).toBe(200);
  expect((await service.patch(id, { email: marks.personal }, { 'idempotency-key': 'wrong' })).status).toBe(
    422,
  );
  await ended(service, await service.patch(id, { note: marks.personal }, later));
  const created = await service.send('POST', '/v1/customers', { body: marked(), headers: later });
  expect(created.status).toBe(202);
  await ended(service, created);
  expect((await service.get(`/v1/customers?name=${marks.personal}`)).body['customers']).not.toHaveLength(0);
  const changes = [{ op: 'create', body: { name: marks.personal, metadata: { [marks.personal]: 1 } } }];
  await service.send('POST', '/v1/customers/batch', {
    body: { changes },
    headers: { 'idempotency-key': 'b' },
  });
  expect((await service.send('POST', `/v1/customers/${id}/history/2/undo`)).status).toBe(200);

  expect(await filesWith(service.database, marks.personal), 'personal').toEqual([]);
  expect(await filesWith(service.database, marks.secret), 'secret').toEqual([]);
  expect(await filesWith(service.database, marks.date), 'a date of birth').toEqual([]);
  expect(await filesWith(service.database, marks.open), 'a free text without a mark').toEqual([]);
  // The search does find what lies open.
  expect(await filesWith(service.database, 'customer.created')).not.toEqual([]);
});

test('nor is any key: not a customer’s, not a tenant’s, and not the secret of its lookup tokens', async () => {
  const keys = await service.app.database.keyring.with(service.tenantId, async (one) => one);
  const [row] = await service.database.query<{ id: string; wrapped: Buffer }>(
    'SELECT customer_id AS id, wrapped FROM customer_key LIMIT 1',
  );
  const key = keys.heldKey(row!.id, row!.wrapped);
  if (typeof key !== 'object') throw new Error('There is no key');
  const bytes = await Promise.all(
    (await filesOfDatabase(service.database)).map((file) => readFile(file).catch(() => Buffer.alloc(0))),
  );
  const isFound = (secret: Buffer) => bytes.some((one) => one.includes(secret));
  expect(isFound(key.export())).toBe(false);
  expect(isFound(keys.secret)).toBe(false);
  expect(isFound(row!.wrapped), 'the wrapped key is there').toBe(true);
});
