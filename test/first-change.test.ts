import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('a customer is created, changed and read, and its history says so', async () => {
  const created = await service.create({ kind: 'person', name: 'Ada Lovelace', email: 'ada@example.org' });
  const id = created['id'] as string;
  const changed = await service.patch(id, { email: 'countess@example.org' }, { 'customary-reason': 'Moved' });
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).toBe('"2"');
  const read = await service.get(`/v1/customers/${id}`);
  expect(read.body).toEqual(changed.body);
  const history = await service.get(`/v1/customers/${id}/history`);
  expect(history.body.entries[0]).toMatchObject({
    version: 2,
    principal: 'main',
    contract: 'native',
    operation: 'customer.update',
    reason: 'Moved',
    changes: [{ path: '/email', before: 'ada@example.org', after: 'countess@example.org' }],
  });
});
