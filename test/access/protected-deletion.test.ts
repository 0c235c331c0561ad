import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

const why = { 'customary-reason': 'Asked for in writing' };

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('a deletion needs what its level asks of a change of personal members, and is logged from level 3 on', async () => {
  const deleter = await service.withKey({ scopes: ['customer:read', 'customer:delete'] });
  const make = async (protectionLevel: number): Promise<string> =>
    (await service.create({ kind: 'person', name: 'Ada', protectionLevel }, why))['id'];
  expect((await deleter.remove(await make(2))).status).toBe(204);
  const [secret, restricted] = [await make(3), await make(4)];
  const rule = async (answer: ReturnType<typeof deleter.remove>) => {
    const { status, body } = await answer;
    return [status, body['errors']?.[0]?.rule];
  };
  expect(await rule(deleter.remove(secret, why))).toEqual([403, 'personal:write']);
  const unsaid = await service.remove(secret);
  expect([unsaid.status, unsaid.body['errors']]).toMatchObject([403, [{ rule: 'reason' }]]);
  expect(unsaid.body).toMatchObject({
    type: 'urn:customary:problem:reason-required',
    title: expect.stringContaining('Customary-Reason'),
  });
  const held = await service.remove(restricted, why);
  expect([held.status, held.body['errors']]).toMatchObject([403, [{ rule: 'restricted' }]]);
  expect(held.body).toMatchObject({
    type: 'urn:customary:problem:restricted',
    title: expect.stringContaining('restricted'),
  });
  expect((await service.remove(secret, why)).status).toBe(204);
  const { body } = await service.get(`/v1/customers/${secret}/accesses`);
  expect(body['accesses']).toContainEqual(
    expect.objectContaining({ operation: 'deleteCustomer', kind: 'write', fields: ['name'] }),
  );
});
