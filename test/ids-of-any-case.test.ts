import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';
import { openWire } from './support/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const maskText = '***';

/** The id in capitals. One without a letter in it is the same in capitals; ids of a time have some. */
const capitals = (id: string): string => id.toUpperCase();

describe('an id in capitals names the same (RFC 9562 section 4)', () => {
  test.each([
    ['native', '/v1/customers/'],
    ['seamlessos', '/seamlessos/customers/'],
  ])('customer in a path of %s', async (_contract, path) => {
    const { id } = await service.create();
    const wire = openWire(service.address, service.secret);
    const plain = await wire.send({ path: path + id });
    const loud = await wire.send({ path: path + capitals(id) });
    wire.close();
    expect(plain.status).toBe(200);
    expect(loud.body).toEqual(plain.body);
  });

  test('accepted request', async () => {
    const { id } = await service.create();
    const accepted = await service.patch(capitals(id), { source: 'x' }, { prefer: 'respond-async' });
    expect(accepted.status).toBe(202);
    const request = await service.get(`/v1/requests/${capitals(accepted.body['id'])}`);
    expect(request.body).toMatchObject({ id: accepted.body['id'], customerId: id });
  });

  test('customer in a query', async () => {
    const parent = await service.create({ kind: 'organisation', delegation: { isParent: true } });
    const child = await service.create({ parentId: parent['id'] });
    const list = await service.get(`/v1/customers?fields=id&parentId=${capitals(parent['id'])}`);
    expect(list.body['customers']).toEqual([{ id: child['id'], version: 1 }]);
    const { id } = await service.create({ name: 'Ada', protectionLevel: 3 }, { 'customary-reason': 'why' });
    const accesses = await service.get(`/v1/accesses?customer=${capitals(id)}`);
    expect(accesses.body['accesses']).toMatchObject([{ customerId: id }, { customerId: id }]);
  });

  test('customer of a change in a batch, and it is told by its id as it is', async () => {
    const { id } = await service.create();
    const changes = [{ op: 'mergePatch', id: capitals(id), body: { source: 'x' } }];
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    expect(body['outcomes']).toEqual([{ index: 0, status: 200, id, version: 2 }]);
  });

  test('request under an idempotency key', async () => {
    const { id } = await service.create();
    const key = { 'idempotency-key': `"${id}"` };
    expect((await service.patch(id, { source: 'x' }, key)).body['version']).toBe(2);
    const again = await service.patch(capitals(id), { source: 'x' }, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body['version']).toBe(2);
  });
});

describe('an id in capitals in a record', () => {
  test('is stored as it is written by the service, and is no change where it is stored', async () => {
    const parent = await service.create();
    const loud = { parentId: capitals(parent['id']), billing: { paymentProfileId: capitals(parent['id']) } };
    const child = await service.create(loud);
    const quiet = { parentId: parent['id'], billing: { paymentProfileId: parent['id'] } };
    expect(child).toMatchObject(quiet);
    expect((await service.patch(child['id'], loud)).body).toEqual(child);
    expect((await service.put(child['id'], { ...child, ...loud, id: capitals(child['id']) })).body).toEqual(
      child,
    );
    const operation = { op: 'replace', path: '/parentId', value: loud.parentId };
    expect((await service.jsonPatch(child['id'], [operation])).body).toEqual(child);
  });

  test('names the same item, whose masked members stay', async () => {
    const identifiers = [{ value: 'P-1' }];
    const { id } = await service.create({
      contacts: [{ email: 'a@example.org', identifiers }],
      protectionLevel: 2,
    });
    const blind = await service.withKey({ scopes: ['customer:read', 'customer:write'] });
    const seen = (await blind.get(`/v1/customers/${id}`)).body;
    expect(seen['contacts'][0].email).toBe(maskText);
    const contacts = [{ ...seen['contacts'][0], id: capitals(seen['contacts'][0].id), selfCare: true }];
    for (const answer of [
      await blind.put(id, { ...seen, contacts }),
      await blind.patch(id, { contacts: [{ ...contacts[0], primary: true }] }),
    ])
      expect(answer.status).toBe(200);
    expect((await service.get(`/v1/customers/${id}`)).body['contacts']).toMatchObject([
      { id: seen['contacts'][0].id, email: 'a@example.org', identifiers, selfCare: true, primary: true },
    ]);
  });
});
