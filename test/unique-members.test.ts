import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient } from './support/client.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
let second: TestService;
let elsewhere: Client;
beforeAll(async () => {
  service = await startService();
  second = await startService({ database: service.database });
  elsewhere = createClient(second.address, service.secret);
});
afterAll(async () => {
  await second.stop();
  await service.stop();
});

const createAs = (client: Client, data: object) => client.send('POST', '/v1/customers', { body: data });
const fresh = (() => {
  let counter = 0;
  return () => `value-${counter++}`;
})();
const owners = async (name: string) => {
  const [row] = await service.database.query<{ count: string }>(
    'SELECT count(*) FROM customer_unique WHERE field = $1',
    [name],
  );
  return Number(row?.count);
};

describe.each(['accountNumber', 'registrationCode'])('%s', (name) => {
  const refusal = {
    type: 'urn:customary:problem:already-taken',
    errors: [{ pointer: `/${name}`, rule: 'unique', detail: 'is taken by another customer' }],
  };

  test('belongs to one customer: every way to take it is refused with the name of the member, not its value', async () => {
    const value = fresh();
    await service.create({ [name]: value });
    const { id } = await service.create({ [name]: fresh() });
    const answers = [
      await createAs(service, { [name]: value }),
      await service.patch(id, { [name]: value }),
      await service.jsonPatch(id, [{ op: 'replace', path: `/${name}`, value }]),
      await service.put(id, { [name]: value }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject(refusal);
      expect(answer.text).not.toContain(value);
    }
    const batch = await service.send('POST', '/v1/customers/batch', {
      body: { changes: [{ op: 'create', body: { [name]: value } }] },
    });
    expect(batch.body['outcomes'][0]).toMatchObject({ status: 409, error: refusal });
  });

  test('is free again when it is changed, taken out or its customer deleted', async () => {
    const value = fresh();
    const { id } = await service.create({ [name]: value });
    const next = async () => (await createAs(service, { [name]: value })).body['id'] as string;
    await service.patch(id, { [name]: fresh() });
    const two = await next();
    await service.patch(two, { [name]: null });
    const three = await next();
    await service.put(three, {});
    const four = await next();
    await service.jsonPatch(four, [{ op: 'replace', path: `/${name}`, value: null }]);
    const five = await next();
    await service.remove(five);
    expect((await createAs(service, { [name]: value })).status).toBe(201);
  });

  test('may be missing, null or empty in any number of customers, and the same in another tenant', async () => {
    const value = fresh();
    const other = await service.otherTenant();
    for (const data of [{}, {}, { [name]: null }, { [name]: null }, { [name]: '' }, { [name]: '' }]) {
      expect((await createAs(service, data)).status).toBe(201);
    }
    await service.create({ [name]: value });
    expect((await createAs(other, { [name]: value })).status).toBe(201);
  });

  test('of its own customer is no conflict', async () => {
    const value = fresh();
    const { id } = await service.create({ [name]: value });
    expect((await service.put(id, { [name]: value, source: 'x' })).status).toBe(200);
    expect((await service.patch(id, { [name]: value, source: 'y' })).status).toBe(200);
  });

  test('is one customer’s when many create it at once, in one process and in two', async () => {
    for (const clients of [
      [service, service],
      [service, elsewhere],
    ] as [Client, Client][]) {
      const value = fresh();
      const before = await owners(name);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => createAs(clients[n % 2] as Client, { [name]: value })),
      );
      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses).toEqual([201, ...Array(39).fill(409)]);
      for (const answer of answers) if (answer.status === 409) expect(answer.body).toMatchObject(refusal);
      expect(await owners(name)).toBe(before + 1);
    }
  });

  test('is one customer’s when many existing customers claim it at once', async () => {
    const created = await Promise.all(Array.from({ length: 20 }, () => service.create({})));
    const value = fresh();
    const answers = await Promise.all(
      created.map(({ id }, n) => (n % 2 ? service : elsewhere).patch(id, { [name]: value })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(19).fill(409)]);
  });

  test('changes hands inside one batch, in the order of its changes', async () => {
    const [x, y, between] = [fresh(), fresh(), fresh()];
    const [one, two] = [await service.create({ [name]: x }), await service.create({ [name]: y })];
    const changes = [
      { id: one['id'], body: { [name]: between } },
      { id: two['id'], body: { [name]: x } },
      { id: one['id'], body: { [name]: y } },
    ].map((change) => ({ op: 'mergePatch', ...change }));
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    const outcomes = body['outcomes'].map((outcome: { status: number }) => outcome.status);
    // The three need not lie in one group, but each is judged on what was decided before it.
    expect(outcomes.slice(0, 2)).toEqual([200, 200]);
    expect(outcomes[2]).toBe(200);
    expect((await service.get(`/v1/customers/${one['id']}`)).body[name]).toBe(y);
    expect((await service.get(`/v1/customers/${two['id']}`)).body[name]).toBe(x);
    expect((await createAs(service, { [name]: between })).status).toBe(201);
  });
});

test('both at once are both named', async () => {
  await service.create({ accountNumber: 'both', registrationCode: 'both' });
  const answer = await createAs(service, { accountNumber: 'both', registrationCode: 'both' });
  expect(answer.body['errors'].map((fault: { pointer: string }) => fault.pointer)).toEqual([
    '/accountNumber',
    '/registrationCode',
  ]);
});

test('a customer made and deleted in one batch keeps nothing taken', async () => {
  const { id } = await service.create({ accountNumber: 'short' });
  const changes = [
    { op: 'delete', id },
    { op: 'create', body: { accountNumber: 'short' } },
  ];
  const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
  expect(body['outcomes'].map((one: { status: number }) => one.status)).toEqual([204, 201]);
});
