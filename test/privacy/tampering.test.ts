import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commandIn } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

/** Somebody who can write into the database, and has no key, moves and changes what lies there. */
let service: TestService;
let [one, two]: string[] = [];
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  one = (await service.create({ name: 'One' }))['id'];
  two = (await service.create({ name: 'Two' }))['id'];
});

const get = (id: string | undefined, path = '') => service.get(`/v1/customers/${id}${path}`);
const run = (text: string, values: unknown[]) => service.database.query(text, values);

test('the record of another customer is not taken for this one’s', async () => {
  await run(
    'UPDATE customer c SET sealed = o.sealed FROM customer o WHERE c.customer_id = $1 AND o.customer_id = $2',
    [one, two],
  );
  expect((await get(one)).status).toBe(500);
  expect((await service.patch(one as string, { note: 'x' })).status).toBe(500);
});

test('nor with that customer’s key beside it', async () => {
  await run(
    'UPDATE customer c SET sealed = o.sealed FROM customer o WHERE c.customer_id = $1 AND o.customer_id = $2',
    [one, two],
  );
  await run(
    'UPDATE customer_key c SET wrapped = o.wrapped FROM customer_key o WHERE c.customer_id = $1 AND o.customer_id = $2',
    [one, two],
  );
  expect((await get(one)).status).toBe(500);
});

test('an older record is not taken for the newest', async () => {
  const [before] = await run('SELECT sealed FROM customer WHERE customer_id = $1', [one]);
  await service.patch(one as string, { name: 'New' });
  await run('UPDATE customer SET sealed = $2 WHERE customer_id = $1', [one, before?.['sealed']]);
  expect((await get(one)).status).toBe(500);
});

test('a changed bit is refused', async () => {
  await run(
    'UPDATE customer SET sealed = set_bit(sealed, 300, 1 - get_bit(sealed, 300)) WHERE customer_id = $1',
    [one],
  );
  expect((await get(one)).status).toBe(500);
});

test('a plain record is not believed', async () => {
  const forged = Buffer.from('\u0000{"name":"Forged","protectionLevel":1}');
  await run('UPDATE customer SET sealed = $2 WHERE customer_id = $1', [one, forged]);
  expect((await get(one)).status).toBe(500);
  await run('UPDATE history SET sealed = $2 WHERE customer_id = $1', [
    two,
    Buffer.from('\u0000{"changes":[],"reason":"Forged"}'),
  ]);
  expect((await get(two, '/history')).status).toBe(500);
});

test('a history entry is not taken for another version’s, nor its snapshot for a change', async () => {
  await service.patch(one as string, { name: 'New' });
  const [first] = await run('SELECT sealed, snapshot FROM history WHERE customer_id = $1 AND version = 1', [
    one,
  ]);
  await run('UPDATE history SET sealed = $2 WHERE customer_id = $1 AND version = 2', [
    one,
    first?.['sealed'],
  ]);
  expect((await get(one, '/history')).status).toBe(500);
  await run('UPDATE history SET sealed = $2 WHERE customer_id = $1 AND version = 1', [
    two,
    first?.['snapshot'],
  ]);
  expect((await get(two, '/history')).status).toBe(500);
});

test('the reply of one key is not given for another', async () => {
  const patch = (key: string) => service.patch(one as string, { note: key }, { 'idempotency-key': key });
  await patch('a');
  await patch('b');
  await run(
    `UPDATE idempotency_reply r SET sealed = o.sealed FROM idempotency_reply o
     WHERE r.customer_id = $1 AND o.customer_id = $1 AND r.key_digest <> o.key_digest`,
    [one],
  );
  expect((await patch('a')).status).toBe(500);
});

test('what was done to one customer fails nobody who is read or changed at the same time', async () => {
  await run(
    'UPDATE customer_key SET wrapped = set_bit(wrapped, 200, 1 - get_bit(wrapped, 200)) WHERE customer_id = $1',
    [one],
  );
  const answers = await Promise.all([
    get(one),
    get(two),
    service.patch(one as string, { note: 'x' }),
    service.patch(two as string, { note: 'x' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([500, 200, 500, 200]);
});

test('a record that cannot be opened is left out of lists, which name it and go on', async () => {
  const other = await service.otherTenant();
  const ids: string[] = [];
  for (const name of ['One', 'Two', 'Three'])
    ids.push((await other.create({ name, status: 'active' }))['id']);
  const damaged = { id: ids[1], number: 1002 };
  await run(
    'UPDATE customer SET sealed = set_bit(sealed, 300, 1 - get_bit(sealed, 300)) WHERE customer_id = $1',
    [damaged.id],
  );
  const list = async (query: string) => (await other.get(`/v1/customers?${query}`)).body;
  const seen: unknown[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: Record<string, any> = await list(`limit=1&sort=-number${token && `&pageToken=${token}`}`);
    seen.push([page['customers'].map((one: { id: string }) => one.id), page['unreadable']]);
    token = page['nextPageToken'];
  }
  expect(seen).toEqual([
    [[ids[2]], undefined],
    [[], [damaged]],
    [[ids[0]], undefined],
  ]);
  expect((await list('status=active'))['unreadable']).toEqual([damaged]);
  expect(await list('name=two')).toEqual({ customers: [] });
  const told = await commandIn({ DATABASE_URL: service.database.url })([
    'customer',
    'list',
    '--tenant',
    other.tenantName,
  ]);
  expect(told.stdout).toContain(`Unreadable: 1002 ${damaged.id}`);
});

test('an erasure of a customer whose key is gone is refused by what is wrong', async () => {
  await run('DELETE FROM customer_key WHERE customer_id = $1', [one]);
  const { status, body } = await service.send('POST', `/v1/customers/${one}/erasure`, {
    body: { reason: 'x' },
  });
  expect([status, body['detail']]).toEqual([
    500,
    expect.stringMatching(/^The key of the customer is missing/),
  ]);
});

test('a key that names a generation that never was fails its customer alone', async () => {
  await run('UPDATE customer_key SET wrapped = set_byte(wrapped, 4, 77) WHERE customer_id = $1', [one]);
  const answers = await Promise.all([get(one), get(two), service.patch(two as string, { note: 'x' })]);
  expect(answers.map(({ status }) => status)).toEqual([500, 200, 200]);
});

test('the refusal of what was tampered with tells nothing of it', async () => {
  await run(
    'UPDATE customer SET sealed = set_bit(sealed, 300, 1 - get_bit(sealed, 300)) WHERE customer_id = $1',
    [one],
  );
  const { text, body } = await get(one);
  expect(body['type']).toBe('urn:customary:problem:internal-error');
  expect(text).not.toMatch(/One|sealed|key/);
});
