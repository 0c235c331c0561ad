import { afterAll, beforeAll, expect, test } from 'vitest';
import { tidyTenant } from '../../src/storage/tidy.ts';
import { ended, later } from '../support/requests.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const keys = async () =>
  (await service.database.query<{ id: string }>('SELECT customer_id AS id FROM customer_key ORDER BY 1')).map(
    ({ id }) => id,
  );

test('the key of a creation that failed goes with its request; that of a customer who is there stays', async () => {
  const good = await service.send('POST', '/v1/customers', { body: { name: 'Ada' }, headers: later });
  const wrong = await service.send('POST', '/v1/customers', { body: { email: 'no' }, headers: later });
  await ended(service, good);
  expect(await ended(service, wrong)).toMatchObject({ status: 'failed' });
  expect(await keys()).toHaveLength(2);
  await tidyTenant(service.app.database, service.tenantId);
  expect(await keys(), 'as long as the requests can be asked for').toHaveLength(2);
  await service.database.query(`UPDATE request SET finished_at = now() - interval '31 days'`);
  await tidyTenant(service.app.database, service.tenantId);
  const [made] = await service.database.query<{ id: string }>('SELECT customer_id AS id FROM customer');
  expect(await keys()).toEqual([made?.id]);
});

test('a change that is refused before there is a customer makes no key', async () => {
  const before = await keys();
  const refused = await service.send('POST', '/v1/customers', {
    body: { email: 'no' },
    headers: { 'idempotency-key': 'refused' },
  });
  expect(refused.status).toBe(422);
  const again = await service.send('POST', '/v1/customers', {
    body: { email: 'no' },
    headers: { 'idempotency-key': 'refused' },
  });
  expect([again.status, again.text]).toEqual([422, refused.text]);
  expect(await keys()).toEqual(before);
});
