import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended } from './support/requests.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A customer at version 3. */
const thirdVersion = async () => {
  const { id } = await service.create({ name: 'Ada', source: 'one' });
  await service.patch(id, { source: 'two' });
  await service.patch(id, { source: 'three' });
  return id as string;
};

describe('the entity tag', () => {
  test('is the version, whatever the projection shows, and the same for HEAD', async () => {
    const id = await thirdVersion();
    const path = `/v1/customers/${id}`;
    for (const query of ['', '?fields=name', '?fields=id', '?asOf=3', '?fields=source,contacts.email']) {
      expect((await service.get(path + query)).headers.get('etag')).toBe('"3"');
    }
    const head = await service.send('HEAD', path);
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe('"3"');
    expect(head.text).toBe('');
    expect(head.headers.get('content-length')).toBe(
      String(Buffer.byteLength((await service.get(path)).text)),
    );
  });

  test('comes with every change, and with a creation its place', async () => {
    const created = await service.send('POST', '/v1/customers', { body: { name: 'Ada' } });
    const { id } = created.body;
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.headers.get('location')).toBe(`/v1/customers/${id}`);
    expect((await service.get(created.headers.get('location') as string)).body).toEqual(created.body);
    expect((await service.patch(id, { name: 'Grace' })).headers.get('etag')).toBe('"2"');
    expect((await service.put(id, { name: 'Joan' })).headers.get('etag')).toBe('"3"');
    const undone = await service.send('POST', `/v1/customers/${id}/history/3/undo`);
    expect(undone.headers.get('etag')).toBe('"4"');
    expect(undone.headers.get('location')).toBeNull();
  });
});

describe('If-None-Match on a change', () => {
  const withTag = (tag: string) => ({ 'if-none-match': tag });

  test.each(['"3"', 'W/"3"', '*', '"1", "3"'])(
    '%s refuses what would be made of that version',
    async (tag) => {
      const id = await thirdVersion();
      const answers = [
        await service.patch(id, { source: 'four' }, withTag(tag)),
        await service.put(id, { source: 'four' }, withTag(tag)),
        await service.remove(id, withTag(tag)),
        await service.send('POST', `/v1/customers/${id}/history/3/undo`, { headers: withTag(tag) }),
      ];
      expect(answers.map(({ status, body }) => [status, body['currentVersion']])).toEqual(
        answers.map(() => [412, 3]),
      );
      const later = { ...withTag(tag), prefer: 'respond-async' };
      const accepted = await service.patch(id, { source: 'four' }, later);
      expect(await ended(service, accepted)).toMatchObject({ status: 'failed', reason: { status: 412 } });
      expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({ version: 3, source: 'three' });
    },
  );

  test('lets a change of another version, a creation, and the return of who was deleted pass', async () => {
    const id = await thirdVersion();
    expect((await service.patch(id, { source: 'four' }, withTag('"3x", "2"'))).status).toBe(200);
    expect((await service.remove(id)).status).toBe(204);
    const back = { headers: withTag('*') };
    expect((await service.send('POST', `/v1/customers/${id}/history/5/undo`, back)).status).toBe(200);
    expect((await service.send('POST', '/v1/customers', { body: {}, ...back })).status).toBe(201);
  });
});

test('there never was a version 0, so that it is no version to merge with', async () => {
  const id = await thirdVersion();
  const answer = await service.patch(id, { name: 'Eve' }, { 'if-match': '"0"' }, '?onConflict=merge');
  expect(answer.status).toBe(412);
});

describe('If-None-Match', () => {
  test.each(['"3"', 'W/"3"', '*', '"1", "3"', '"x", W/"3"'])('%s answers 304 and no body', async (tag) => {
    const id = await thirdVersion();
    for (const query of ['', '?fields=name']) {
      const answer = await service.get(`/v1/customers/${id}${query}`, { 'if-none-match': tag });
      expect(answer.status).toBe(304);
      expect(answer.text).toBe('');
      expect(answer.headers.get('etag')).toBe('"3"');
    }
  });

  test.each(['"2"', '"03"', '"x"', 'W/"4"'])('%s answers the customer', async (tag) => {
    const answer = await service.get(`/v1/customers/${await thirdVersion()}`, { 'if-none-match': tag });
    expect(answer.status).toBe(200);
  });

  test('does not hide that a customer is gone', async () => {
    const id = await thirdVersion();
    await service.remove(id);
    expect((await service.get(`/v1/customers/${id}`, { 'if-none-match': '*' })).status).toBe(404);
  });
});

describe('If-Match', () => {
  type Change = (id: string, tag: string) => Promise<{ status: number; body: Record<string, unknown> }>;
  const changes: Record<string, Change> = {
    PATCH: (id, tag) => service.patch(id, { name: 'Grace' }, { 'if-match': tag }),
    'JSON Patch': (id, tag) =>
      service.jsonPatch(id, [{ op: 'add', path: '/name', value: 'Grace' }], { 'if-match': tag }),
    PUT: (id, tag) => service.put(id, { name: 'Grace' }, { 'if-match': tag }),
    DELETE: (id, tag) => service.remove(id, { 'if-match': tag }),
    undo: (id, tag) =>
      service.send('POST', `/v1/customers/${id}/history/3/undo`, { headers: { 'if-match': tag } }),
  };

  let unchanged: string | undefined;

  describe.each(Object.keys(changes))('of %s', (name) => {
    const change = changes[name] as Change;

    test.each(['"3"', '*', '"1", "3"', 'W/"3", "3"', ' "3" '])('%s lets it happen', async (tag) => {
      expect((await change(await thirdVersion(), tag)).status).toBeLessThan(300);
    });

    test.each(['"2"', '"4"', 'W/"3"', '"1", "2"', '"x"', '""'])('%s refuses it: 412', async (tag) => {
      unchanged ??= await thirdVersion();
      const id = unchanged;
      const answer = await change(id, tag);
      expect(answer.status).toBe(412);
      expect(answer.body).toMatchObject({
        type: 'urn:customary:problem:precondition-failed',
        currentVersion: 3,
      });
      expect((await service.get(`/v1/customers/${id}`)).headers.get('etag')).toBe('"3"');
    });

    test.each(['3', '"3', '3"', '"3" "4"', ''])('%j is malformed: 400', async (tag) => {
      unchanged ??= await thirdVersion();
      const answer = await change(unchanged, tag);
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toMatchObject([{ pointer: 'If-Match' }]);
    });
  });

  test('a condition on a customer that does not exist is not met', async () => {
    const answer = await service.send('POST', '/v1/customers', {
      body: { name: 'Ada' },
      headers: { 'if-match': '*' },
    });
    expect(answer.status).toBe(412);
    const absent = '01890000-0000-7000-8000-000000000000';
    expect((await service.patch(absent, { name: 'x' }, { 'if-match': '"1"' })).status).toBe(404);
  });
});

describe('Prefer: return=minimal', () => {
  test('answers without a body, but with the tag and what was applied', async () => {
    const prefer = { prefer: 'return=minimal' };
    const created = await service.send('POST', '/v1/customers', { body: { name: 'Ada' }, headers: prefer });
    expect(created.status).toBe(201);
    expect(created.text).toBe('');
    const location = created.headers.get('location') as string;
    const id = location.split('/').at(-1) as string;
    const patched = await service.patch(id, { name: 'Grace' }, prefer);
    const put = await service.put(id, { name: 'Joan' }, prefer);
    for (const [answer, status, etag] of [
      [created, 201, '"1"'],
      [patched, 204, '"2"'],
      [put, 204, '"3"'],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(answer.text).toBe('');
      expect(answer.headers.get('etag')).toBe(etag);
      expect(answer.headers.get('preference-applied')).toBe('return=minimal');
    }
    expect((await service.get(location)).body).toMatchObject({ name: 'Joan', version: 3 });
  });
});

describe('fields', () => {
  const contact = { id: '01890000-0000-4000-8000-000000000001', email: 'a@example.org', lastName: 'Byron' };
  const customer = {
    name: 'Ada',
    billing: { method: 'email', currency: 'SEK' },
    contacts: [contact, { id: '01890000-0000-4000-8000-000000000002' }],
    attributes: { 'a.b': '1', plan: 'gold' },
    metadata: { deep: { er: 1 }, other: 2 },
    smsNumbers: ['0700'],
    note: null,
  };

  test.each([
    ['name', { name: 'Ada' }],
    ['name,billing.method', { name: 'Ada', billing: { method: 'email' } }],
    ['billing.method,billing', { billing: customer.billing }],
    ['contacts.email', { contacts: [{ email: 'a@example.org' }, {}] }],
    [
      'contacts.id, contacts.lastName',
      { contacts: [{ id: contact.id, lastName: 'Byron' }, { id: customer.contacts[1]?.id }] },
    ],
    ['attributes.plan', { attributes: { plan: 'gold' } }],
    ['number', { number: expect.any(Number) }],
    ['smsNumbers', { smsNumbers: ['0700'] }],
    ['metadata.deep.er', { metadata: { deep: { er: 1 } } }],
    ['note', { note: null }],
    ['email', {}],
    ['id,version', {}],
  ])('%s shows that, the id and the version', async (fields, shown) => {
    const { id } = await service.create(customer);
    const answer = await service.get(`/v1/customers/${id}?fields=${encodeURIComponent(fields)}`);
    expect(answer.body).toEqual({ id, version: 1, ...shown });
    const list = await service.get(`/v1/customers?sort=-number&limit=1&fields=${encodeURIComponent(fields)}`);
    expect(list.body['customers']).toEqual([{ id, version: 1, ...shown }]);
  });

  test.each([
    'nope',
    'name,nope',
    '',
    'name,',
    'contacts.nope',
    'billing.nope.x',
    'constructor',
    '__proto__',
    'deletedAt',
    'name.foo',
    'number.foo',
    'birthDate.year',
    'smsNumbers.foo',
    'contacts.email.foo',
    'attributes.plan.foo',
    'extensions.keypro.address.foo',
  ])('%j is refused', async (fields) => {
    const { id } = await service.create({ name: 'Ada' });
    for (const path of [`/v1/customers/${id}`, '/v1/customers']) {
      const answer = await service.get(`${path}?fields=${encodeURIComponent(fields)}`);
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toMatchObject([{ pointer: 'fields', rule: 'unknownMember' }]);
    }
  });
});
