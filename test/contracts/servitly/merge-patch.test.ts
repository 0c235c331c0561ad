import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { logIn } from './client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('PATCH takes a merge patch under its own media type', async () => {
  const { id } = await service.create({ kind: 'person', name: 'Saab', country: 'SE' });
  const client = await logIn(service);
  const answer = await client.send('PATCH', `/network/customers/${id}`, {
    body: { name: 'Volvo' },
    contentType: 'application/merge-patch+json',
  });
  expect([answer.status, answer.body['name'], answer.body['country']]).toEqual([200, 'Volvo', 'SE']);
});
