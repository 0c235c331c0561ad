import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { problem } from '../support/answers.ts';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const reason = { 'customary-reason': 'Asked for in writing' };
const ordinary: Scope[] = ['customer:read', 'customer:list', 'customer:write', 'history:read'];
const levels = [1, 2, 3, 4] as const;

let service: TestService;
let keys: Record<'nobody' | 'reader' | 'writer' | 'officer' | 'all', Client>;
beforeAll(async () => {
  service = await startService();
  const key = (...scopes: Scope[]) => service.withKey({ name: 'main', scopes: [...ordinary, ...scopes] });
  keys = {
    nobody: await key(),
    reader: await key('personal:read'),
    writer: await key('personal:write'),
    officer: await key('privacy:manage'),
    all: await key('personal:read', 'personal:write', 'privacy:manage'),
  };
});
afterAll(() => service.stop());

const make = async (protectionLevel: number, data: object = {}): Promise<string> => {
  const base = {
    kind: 'person',
    name: 'Ada',
    securityPin: 'Pin-1234',
    identifiers: { taxId: 'T-1', vatNumber: 'V-1' },
  };
  return (await service.create({ ...base, ...data, protectionLevel }, reason))['id'];
};

const fault = (answer: Answer) => answer.body['errors']?.[0];

/** Sends a change that must be refused, and sees that nothing was changed. */
const refused = async (
  id: string,
  send: () => Promise<Answer>,
  pointer: string,
  rule: string,
): Promise<void> => {
  const before = (await service.get(`/v1/customers/${id}`)).text;
  const answer = await send();
  expect(answer.status, `${pointer} ${rule}`).toBe(403);
  expect(fault(answer)).toMatchObject({ pointer, rule });
  const codes: Record<string, string> = { reason: 'reason-required', restricted: 'restricted' };
  expect(problem(answer)).toBe(codes[rule] ?? 'forbidden');
  expect(answer.text).not.toMatch(/Ada|Pin-1234|T-1/);
  expect((await service.get(`/v1/customers/${id}`)).text).toBe(before);
};

describe('a personal member', () => {
  const changes: [string, object][] = [
    ['/name', { name: 'Augusta' }],
    ['/securityPin', { securityPin: '9999' }],
    ['/identifiers/taxId', { identifiers: { taxId: 'T-2' } }],
    ['/contacts', { contacts: [{ firstName: 'Annabella' }] }],
    ['/identifiers/passport', { identifiers: { passport: 'P' } }],
  ];

  test.each(changes)('%s is open to every writer at level 1', async (_pointer, patch) => {
    expect((await keys.nobody.patch(await make(1), patch)).status).toBe(200);
  });

  test.each(changes)('%s needs personal:write at level 2', async (pointer, patch) => {
    const id = await make(2);
    for (const key of [keys.nobody, keys.reader, keys.officer]) {
      await refused(id, () => key.patch(id, patch, reason), pointer, 'personal:write');
    }
    expect((await keys.writer.patch(id, patch)).status).toBe(200);
  });

  test.each(changes)('%s needs personal:write and a reason at level 3', async (pointer, patch) => {
    const id = await make(3);
    for (const key of [keys.nobody, keys.reader, keys.officer]) {
      await refused(id, () => key.patch(id, patch, reason), pointer, 'personal:write');
    }
    await refused(id, () => keys.all.patch(id, patch), pointer, 'reason');
    expect((await keys.all.patch(id, patch, reason)).status).toBe(200);
  });

  test.each(changes)('%s is changed by nobody at level 4, until that is lifted', async (pointer, patch) => {
    const id = await make(4);
    await refused(id, () => keys.all.patch(id, patch, reason), pointer, 'restricted');
    for (const key of [keys.nobody, keys.reader, keys.writer]) {
      const answer = await key.patch(id, patch, reason);
      expect(answer.status).toBe(403);
      expect([fault(answer).rule, problem(answer)]).toEqual(['restricted', 'restricted']);
    }
    expect((await keys.officer.patch(id, { protectionLevel: 2 }, reason)).status).toBe(200);
    expect((await keys.writer.patch(id, patch)).status).toBe(200);
  });
});

describe('the protection level', () => {
  test('is raised by whoever may write personal members, and lowered by the privacy officer alone', async () => {
    for (const from of [2, 3] as const) {
      const id = await make(from);
      for (const key of [keys.nobody, keys.reader, keys.writer]) {
        const lower = () => key.patch(id, { protectionLevel: 1 }, reason);
        await refused(id, lower, '/protectionLevel', 'privacy:manage');
        // Null takes a member away, and the level cannot be away: it stays.
        expect((await key.patch(id, { protectionLevel: null })).body).toMatchObject({
          version: 1,
          protectionLevel: from,
        });
      }
      expect((await keys.officer.patch(id, { protectionLevel: 1 }, reason)).status).toBe(200);
    }
    const id = await make(1);
    await refused(
      id,
      () => keys.nobody.patch(id, { protectionLevel: 2 }),
      '/protectionLevel',
      'personal:write',
    );
    expect((await keys.writer.patch(id, { protectionLevel: 2 })).status).toBe(200);
    await refused(id, () => keys.writer.patch(id, { protectionLevel: 3 }), '/protectionLevel', 'reason');
    expect((await keys.writer.patch(id, { protectionLevel: 3 }, reason)).status).toBe(200);
    expect((await keys.writer.patch(id, { protectionLevel: 4 }, reason)).status).toBe(200);
    await refused(
      id,
      () => keys.writer.patch(id, { protectionLevel: 3 }, reason),
      '/protectionLevel',
      'restricted',
    );
  });

  test('stays when a replacement leaves it out', async () => {
    const id = await make(3);
    const { protectionLevel: _level, ...rest } = (await keys.nobody.get(`/v1/customers/${id}`)).body;
    const answer = await keys.nobody.put(id, { ...rest, source: 'changed' });
    expect(answer.body).toMatchObject({ protectionLevel: 3, source: 'changed' });
    expect((await service.get(`/v1/customers/${id}`)).body['name']).toBe('Ada');
  });
});

test('an undo obeys the level of now, both in what it does and in what it says', async () => {
  const id = await make(1, { metadata: { Canary: 'old' } });
  await service.patch(id, { name: 'Augusta', metadata: { Canary: 'new' } });
  await service.patch(id, { protectionLevel: 2 });
  const undo = `/v1/customers/${id}/history/2/undo`;
  const answer = await keys.nobody.send('POST', undo);
  expect(answer.body).toMatchObject({
    status: 403,
    errors: [{ rule: 'personal:write' }, { rule: 'personal:write' }],
  });
  expect(answer.text).not.toMatch(/Canary|Ada|Augusta/);
  await service.patch(id, { metadata: { Canary: 'newest' } });
  const conflict = await keys.writer.send('POST', undo);
  expect(conflict.body).toMatchObject({ status: 409, errors: [{ pointer: '/metadata' }] });
  expect(conflict.text).not.toMatch(/Canary|Ada|Augusta/);
});

test.each(levels)(
  'null for a group that is not fully seen is a change of level %i, not silence',
  async (level) => {
    const id = await make(level);
    const answer = await keys.nobody.put(id, { kind: 'person', identifiers: null, protectionLevel: level });
    expect(answer.status).toBe(level === 1 ? 200 : 403);
  },
);

test('a mask is never a value, whatever the caller sees', async () => {
  const mask = '***';
  const id = await make(1, { email: 'a@x.example', contacts: [{ firstName: 'One' }], metadata: { a: mask } });
  const { contacts } = (await service.get(`/v1/customers/${id}`)).body;
  const sent = {
    name: mask,
    email: mask,
    note: mask,
    metadata: mask,
    contacts: [{ ...contacts[0], firstName: mask }],
  };
  const before = (await service.get(`/v1/customers/${id}`)).body;
  const edits = Object.entries(sent).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }));
  for (const key of [keys.nobody, keys.writer, keys.all]) {
    const whole = { ...(await key.get(`/v1/customers/${id}`)).body, ...sent };
    expect((await key.patch(id, sent)).headers.get('etag')).toBe('"1"');
    expect((await key.put(id, whole)).headers.get('etag')).toBe('"1"');
    expect((await key.jsonPatch(id, edits)).headers.get('etag')).toBe('"1"');
  }
  expect((await service.get(`/v1/customers/${id}`)).body).toEqual(before);
  const made = await service.create({
    kind: 'person',
    ...sent,
    contacts: [{ firstName: mask, lastName: 'L' }],
  });
  expect([made['name'], made['email'], made['note'], made['metadata']]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(made['contacts']).toMatchObject([{ lastName: 'L' }]);
  expect(made['contacts'][0]).not.toHaveProperty('firstName');
});

test('masked items of a list are told apart by their ids, whatever their order', async () => {
  const id = await make(2, {
    contacts: [{ firstName: 'One' }, { firstName: 'Two' }, { firstName: 'Three' }],
  });
  const { contacts } = (await keys.writer.get(`/v1/customers/${id}`)).body;
  const turned = [contacts[2], contacts[0], contacts[1]];
  expect((await keys.writer.patch(id, { contacts: turned })).status).toBe(200);
  const names = (await service.get(`/v1/customers/${id}`)).body['contacts'].map(
    (one: { firstName: string }) => one.firstName,
  );
  expect(names).toEqual(['Three', 'One', 'Two']);
});

test('an accepted change is told of with the sight of who asks, not of who changed', async () => {
  const id = await make(2);
  await service.patch(id, { name: 'Theirs' });
  const accepted = await keys.all.patch(
    id,
    { name: 'Yours' },
    { prefer: 'respond-async', 'if-match': '"1"' },
    '?onConflict=merge',
  );
  const location = accepted.headers.get('location') as string;
  await vi.waitUntil(async () => (await keys.all.get(location)).body['status'] !== 'open', { timeout: 5000 });
  const own = await keys.all.get(location);
  expect(own.body).toMatchObject({
    status: 'failed',
    reason: { status: 409, conflicts: [{ theirs: 'Theirs' }] },
  });
  for (const key of [keys.nobody, keys.writer, keys.officer]) {
    const answer = await key.get(location);
    expect(answer.body).toMatchObject({ status: 'failed', reason: { status: 409 } });
    expect(answer.text).not.toMatch(/Ada|Theirs|Yours/);
  }
});

test('a reply that was kept for a key with more sight is not replayed to one with less', async () => {
  const id = await make(2);
  const key = { 'idempotency-key': `sight-${id}` };
  expect((await keys.all.patch(id, { source: 'x' }, key)).text).toContain('Ada');
  const answer = await keys.nobody.patch(id, { source: 'x' }, key);
  expect(answer.text).not.toMatch(/Ada|Pin-1234|T-1/);
});

test('a batch says nothing of what it changed', async () => {
  const id = await make(2);
  const body = { changes: [{ op: 'mergePatch', id, body: { name: 'Augusta', source: 'x' } }] };
  const answer = await keys.nobody.send('POST', '/v1/customers/batch', { body });
  expect(answer.body['outcomes'][0]).toMatchObject({
    status: 403,
    error: { errors: [{ pointer: '/name' }] },
  });
  expect(answer.text).not.toMatch(/Ada|Augusta/);
});
