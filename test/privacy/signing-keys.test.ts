import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyJws } from '../../src/privacy/signing-key.ts';
import { rotateTenantKey } from '../../src/storage/rotate-keys.ts';
import { signingKeyOf } from '../../src/storage/signing-keys.ts';
import { makeOfBefore } from '../support/of-before.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let other: TestService;
beforeAll(async () => {
  service = await startService();
  other = await startService({ database: service.database });
});
afterAll(async () => {
  await other.stop();
  await service.stop();
});

const keyOf = (one: TestService) => signingKeyOf(one.app.database, service.tenantId);

test('every process signs with the same key, and its public half is told to who may ask', async () => {
  const [jws, twin] = await Promise.all([
    keyOf(service).then((key) => key.sign({ n: 1 }, 'x')),
    keyOf(other).then((key) => key.sign({ n: 1 }, 'x')),
  ]);
  expect(twin).toBe(jws);
  const { body } = await service.get('/v1/signing-keys');
  expect(await verifyJws(jws, body['keys'], 'x')).toEqual({ n: 1 });
  expect(Object.keys(body['keys'][0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});

test('rotations of the tenant’s key leave the secrets as they are, and none wrapped by an older one', async () => {
  const before = await keyOf(service);
  const { generation } = await rotateTenantKey(service.app.database, service.tenantId);
  const rows = await service.database.query(
    'SELECT purpose, generation FROM tenant_secret WHERE tenant_id = $1 ORDER BY 1',
    [service.tenantId],
  );
  const purposes = ['chain', 'checkpoint', 'lookup', 'signing'];
  expect(rows).toEqual(purposes.map((purpose) => ({ purpose, generation })));
  other.app.database.keyring.forget(service.tenantId);
  expect((await keyOf(other)).keyId).toBe(before.keyId);
});

test('a tenant of before gets its secrets once, whoever is first', async () => {
  await makeOfBefore(service.tenantId, service, other);
  await service.database.query(`DELETE FROM tenant_secret WHERE tenant_id = $1 AND purpose <> 'lookup'`, [
    service.tenantId,
  ]);
  for (const one of [service, other]) one.app.database.keyring.forget(service.tenantId);
  const [first, second] = await Promise.all([keyOf(service), keyOf(other)]);
  expect(first.keyId).toBe(second.keyId);
});
