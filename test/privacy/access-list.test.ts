import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandIn, jsonOf } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'the doctor called' };
const ada = { name: 'Ada Lovelace', email: 'ada@example.org', securityPin: '1234', source: 'open' };
const protectedOne = async (): Promise<string> =>
  (await service.create({ ...ada, protectionLevel: 3 }, why))['id'];

const accesses = async (id: string): Promise<Record<string, any>[]> =>
  (await service.get(`/v1/customers/${id}/accesses`)).body['accesses'];

test('the command line is written down without a service, and reads the log', async () => {
  const [id, other] = [await protectedOne(), await protectedOne()];
  const run = commandIn({ DATABASE_URL: service.database.url });
  const tenant = ['--tenant', service.tenantName, '--json'];
  const words = ['privacy', 'accesses', '--customer', other, '--limit', '1', ...tenant];
  const [shown, log] = await Promise.all([run(['customer', 'get', id, ...tenant]), run(words)]);
  expect(jsonOf(shown)['name']).toBe(ada.name);
  const listed = (await accesses(id)).filter((one) => one['contract'] === 'cli');
  expect(listed).toMatchObject([
    { contract: 'cli', operation: 'getCustomer', fields: ['email', 'name', 'securityPin'] },
  ]);
  expect(listed[0]?.['principal']).toMatch(/^cli:/);
  expect(jsonOf(log)).toMatchObject({
    accesses: [{ customerId: other, operation: 'createCustomer' }],
    nextPageToken: expect.any(String),
  });
});

test('the log of a tenant is filtered and paged, newest first, for the privacy officer alone', async () => {
  const other = await service.otherTenant();
  const headers = { ...why, prefer: 'return=minimal' };
  const made = await other.send('POST', '/v1/customers', { body: { ...ada, protectionLevel: 3 }, headers });
  const id = made.headers.get('location')?.split('/').at(-1) as string;
  const child = { name: 'Child', parentId: id, protectionLevel: 3 };
  const childId = (await other.create(child, why))['id'];
  for (const version of [1, 2, 3]) await other.patch(id, { note: `n${version}` }, headers);
  const list = async (query: string, by: typeof other = other) =>
    (await by.get(`/v1/accesses?${query}`)).body;
  const whole = (await list(''))['accesses'] as { id: string; occurredAt: string; customerId: string }[];
  expect(whole).toHaveLength(6);
  expect(whole.map((one) => one.occurredAt)).toEqual(
    whole
      .map((one) => one.occurredAt)
      .toSorted()
      .toReversed(),
  );
  const pages: unknown[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: Record<string, any> = await list(`limit=4${token && `&pageToken=${token}`}`);
    pages.push(...page['accesses']);
    token = page['nextPageToken'];
  }
  expect(pages).toEqual(whole);
  const count = async (query: string, by?: typeof other) => (await list(query, by))['accesses'].length;
  const middle = whole[2]?.occurredAt as string;
  expect(await count(`customer=${childId}`)).toBe(2);
  expect(await count('principal=nobody')).toBe(0);
  expect((await count(`since=${middle}`)) + (await count(`until=${middle}`))).toBe(6);
  const bound = await service.withKey({ tenantId: other.tenantId, customerId: childId });
  expect(await count('', { ...other, ...bound })).toBe(2);
  expect((await bound.get(`/v1/customers/${id}/accesses`)).status).toBe(404);
  expect((await bound.get(`/v1/accesses?customer=${id}`)).status).toBe(404);
  expect((await other.get('/v1/accesses?since=yesterday')).status).toBe(400);
  expect((await other.get('/v1/accesses?customer=no')).status).toBe(400);
});

test('a creation that is only tried leaves no entry, and the creation after it can be read', async () => {
  const other = await service.otherTenant();
  const id = uuidv7();
  const tried = await other.send('POST', '/v1/customers?dryRun=true', {
    body: { ...ada, protectionLevel: 3 },
    headers: why,
  });
  expect(tried.status).toBe(200);
  expect((await other.get('/v1/accesses')).body['accesses']).toEqual([]);
  const exported = await service.send('GET', `/v1/customers/${await protectedOne()}/export`, {
    headers: why,
  });
  const body = { ...exported.body, customer: { ...exported.body['customer'], id } };
  for (const query of ['?dryRun=true', '']) {
    const { status } = await other.send('POST', `/v1/customers/import${query}`, { body, headers: why });
    expect(status).toBe(query ? 200 : 201);
  }
  const { accesses: of } = (await other.get(`/v1/customers/${id}/accesses`)).body;
  const reason = why['customary-reason'];
  expect(of).toMatchObject([
    { kind: 'write', version: 2, reason },
    { kind: 'read', version: 2, reason },
  ]);
});

test('an entry whose reason cannot be opened is listed without it, and hides no other', async () => {
  const other = await service.otherTenant();
  const { id } = await other.create({ ...ada, protectionLevel: 3 }, why);
  const copy = (of: string) =>
    service.database.query(
      `INSERT INTO access_log SELECT tenant_id, gen_random_uuid(), now(), $2, 9, kind, principal, contract, operation,
         request_id, fields, reason FROM access_log WHERE customer_id = $1 LIMIT 1`,
      [id, of],
    );
  await copy(uuidv7());
  await copy(id);
  const reasons = async (path: string) =>
    ((await other.get(path)).body['accesses'] as { version: number; reason: string | null }[])
      .map(({ version, reason }) => `${version} ${reason}`)
      .sort();
  const whole = ['1 the doctor called', '1 the doctor called', '9 null'];
  expect(await reasons('/v1/accesses')).toEqual([...whole, '9 null']);
  expect(await reasons(`/v1/customers/${id}/accesses`)).toEqual(whole);
  const exported = (await other.get(`/v1/customers/${id}/export`, why)).body['accesses'];
  expect(exported).toHaveLength(4);
  const run = commandIn({ DATABASE_URL: service.database.url });
  const log = await run(['privacy', 'accesses', '--tenant', other.tenantName]);
  expect(log.code).toBe(0);
  expect(log.stdout.match(/the doctor called/g)).toHaveLength(3);
});

test('the service can add to the log and change nothing in it', async () => {
  const grants = await service.database.query<{ can: string }>(
    `SELECT privilege_type AS can FROM information_schema.role_table_grants
     WHERE table_name = 'access_log' AND grantee = 'customary_app' ORDER BY 1`,
  );
  expect(grants.map(({ can }) => can)).not.toContain('UPDATE');
});
