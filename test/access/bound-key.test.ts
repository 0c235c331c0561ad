import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keyproClient } from '../contracts/keypro/client.ts';
import { newCustomer, seamlessosSender } from '../contracts/seamlessos/client.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

/**
 * top ── root ── child ── grandchild
 *   └─── sibling ── nephew            stranger
 */
type Name = 'top' | 'root' | 'child' | 'grandchild' | 'sibling' | 'nephew' | 'stranger';
const within: Name[] = ['root', 'child', 'grandchild'];
const outside: Name[] = ['top', 'sibling', 'nephew', 'stranger'];
const nobody = '018f0000-0000-7000-8000-000000000000';

let service: TestService;
let key: Client;
let ids: Record<Name, string>;
const at = (name: Name, below = '') => `/v1/customers/${ids[name]}${below}`;

beforeAll(async () => {
  service = await startService();
  const make = async (name: Name, parentId?: string) => {
    const made = await service.create({
      kind: 'organisation',
      name: `Family ${name}`,
      ...(parentId ? { parentId } : {}),
    });
    await service.patch(made['id'], { source: 'changed' });
    return made['id'] as string;
  };
  const top = await make('top');
  const root = await make('root', top);
  const child = await make('child', root);
  const sibling = await make('sibling', top);
  ids = {
    top,
    root,
    child,
    sibling,
    grandchild: await make('grandchild', child),
    nephew: await make('nephew', sibling),
    stranger: await make('stranger'),
  };
  key = await service.withKey({ customerId: root, name: 'bound' });
});
afterAll(() => service.stop());

test('makes no customer in a contract that cannot say where one belongs, and is told so', async () => {
  const seamlessos = await seamlessosSender(key)('POST', '', { body: newCustomer });
  expect([seamlessos.status, seamlessos.body['details'][0].message]).toEqual([403, told]);
  const keypro = await keyproClient(key).send('POST', '/customers/', { body: { customer_name: 'Ada' } });
  expect([keypro.status, keypro.text]).toEqual([403, expect.stringContaining(told)]);
});

const told = 'a key that is bound to a customer cannot create customers here';

/** The answer, without what names this very request. */
const essence = ({ status, body }: { status: number; body: object }) => ({
  status,
  ...body,
  requestId: null,
});

describe('a key bound to a customer', () => {
  test.each(within)('reads %s, now and as it was, and its history', async (name) => {
    expect((await key.get(at(name))).body['name']).toBe(`Family ${name}`);
    expect((await key.get(at(name, '?asOf=1'))).body['version']).toBe(1);
    expect((await key.get(at(name, '/history'))).body['entries'].length).toBeGreaterThan(1);
  });

  test.each(outside)('gets for %s exactly what it gets for nobody', async (name) => {
    const id = ids[name];
    const calls = (one: string): [string, string, object?][] => [
      ['GET', `/v1/customers/${one}`],
      ['GET', `/v1/customers/${one}?asOf=1`],
      ['GET', `/v1/customers/${one}/history`],
      ['PATCH', `/v1/customers/${one}`, { source: 'intruder' }],
      ['PATCH', `/v1/customers/${one}?dryRun=true`, { source: 'intruder' }],
      ['PUT', `/v1/customers/${one}`, { kind: 'person' }],
      ['POST', `/v1/customers/${one}/history/2/undo`],
      ['DELETE', `/v1/customers/${one}`],
      ['POST', '/v1/customers', { kind: 'person', parentId: one }],
      ['PATCH', at('grandchild'), { parentId: one }],
    ];
    for (const headers of [{}, { prefer: 'respond-async' }] as Record<string, string>[]) {
      for (const [index, [method, path, body]] of calls(id).entries()) {
        if (headers['prefer'] && !path.includes(id)) continue;
        const answer = await key.send(method, path, { headers, body });
        const [, absentPath, absentBody] = calls(nobody)[index]!;
        const absent = await key.send(method, absentPath, { headers, body: absentBody });
        expect(essence(answer), `${method} ${path}`).toEqual(essence(absent));
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
    }
    expect((await service.get(at(name))).body).toMatchObject({ source: 'changed', version: 2 });
  });

  test('lists and finds itself and what is below, and nothing else', async () => {
    const idsOf = async (query: string) =>
      (await key.get(`/v1/customers${query}`)).body['customers'].map((one: { id: string }) => one.id);
    const own = within.map((name) => ids[name]);
    expect(await idsOf('')).toEqual(own);
    expect(await idsOf('?name=family')).toEqual(own);
    expect(await idsOf('?sort=-updatedAt')).toHaveLength(own.length);
    expect(await idsOf(`?parentId=${ids.child}`)).toEqual([ids.grandchild]);
    expect(await idsOf('?parentId=none')).toEqual([]);
    expect(await idsOf(`?parentId=${ids.sibling}`)).toEqual([]);
    expect(await idsOf('?name=nephew')).toEqual([]);
    const { body } = await key.get('/v1/customers?limit=2');
    const rest = await key.get(`/v1/customers?limit=2&pageToken=${body['nextPageToken']}`);
    expect(rest.body['customers'].map((one: { id: string }) => one.id)).toEqual([ids.grandchild]);
    expect(rest.body['nextPageToken']).toBeUndefined();
    expect((await service.get(`/v1/customers?limit=2&pageToken=${body['nextPageToken']}`)).status).toBe(400);
  });

  test('changes what is below, by every way', async () => {
    const made = await key.create({ kind: 'person', name: 'Made below', parentId: ids.grandchild });
    const id = made['id'] as string;
    expect((await key.patch(id, { source: 'one' })).status).toBe(200);
    const put = { kind: 'person', name: 'Put below', parentId: ids.grandchild, source: 'two' };
    expect((await key.put(id, put)).status).toBe(200);
    expect((await key.send('POST', `/v1/customers/${id}/history/3/undo`)).body['source']).toBe('one');
    expect((await key.patch(id, { parentId: ids.child })).status).toBe(200);
    expect((await key.patch(id, { parentId: ids.root })).status).toBe(200);
    expect((await key.remove(id)).status).toBe(204);
    expect((await key.send('POST', `/v1/customers/${id}/history/7/undo`)).status).toBe(200);
    expect((await key.remove(id)).status).toBe(204);
  });

  test('makes no customer above or beside itself, and moves none out', async () => {
    const refused = { status: 422, errors: [{ pointer: '/parentId', rule: 'exists' }] };
    const nowhere = await key.send('POST', '/v1/customers', { body: { kind: 'person' } });
    expect(essence(nowhere)).toMatchObject(refused);
    for (const parentId of [null, ids.top, ids.sibling, ids.stranger, nobody]) {
      expect(essence(await key.patch(ids.child, { parentId }))).toMatchObject(refused);
    }
    expect((await service.get(at('child'))).body['parentId']).toBe(ids.root);
  });

  test('cannot move its own customer', async () => {
    for (const parentId of [null, ids.sibling, ids.stranger, ids.child, ids.grandchild]) {
      expect((await key.patch(ids.root, { parentId })).status, String(parentId)).toBe(422);
    }
    expect((await service.get(at('root'))).body['parentId']).toBe(ids.top);
    expect((await key.patch(ids.root, { source: 'changed again' })).status).toBe(200);
  });

  test('cannot undo a move in or out', async () => {
    const moved = await service.create({ kind: 'person', parentId: ids.stranger });
    await service.patch(moved['id'], { parentId: ids.child });
    const undone = await key.send('POST', `/v1/customers/${moved['id']}/history/2/undo`);
    expect(essence(undone)).toMatchObject({
      status: 422,
      errors: [{ pointer: '/parentId', rule: 'exists' }],
    });
    await service.patch(moved['id'], { parentId: null });
    expect((await key.send('POST', `/v1/customers/${moved['id']}/history/3/undo`)).status).toBe(404);
  });

  test('sees no longer what was moved away, and at once what was moved in', async () => {
    const one = (await service.create({ kind: 'person', name: 'Mover' }))['id'] as string;
    expect((await key.get(`/v1/customers/${one}`)).status).toBe(404);
    await service.patch(one, { parentId: ids.grandchild });
    expect((await key.get(`/v1/customers/${one}`)).status).toBe(200);
    await service.patch(one, { parentId: ids.sibling });
    expect((await key.get(`/v1/customers/${one}`)).status).toBe(404);
    expect((await key.get(`/v1/customers/${one}/history`)).status).toBe(404);
  });

  test('gets an outcome of its own for each change of a batch', async () => {
    const changes = [...within, ...outside].map((name) => ({
      op: 'mergePatch',
      id: ids[name],
      body: { language: 'fi' },
    }));
    const { body } = await key.send('POST', '/v1/customers/batch', {
      body: { changes: [...changes, { op: 'create', body: { parentId: ids.sibling } }] },
    });
    const statuses = body['outcomes'].map((one: { status: number }) => one.status);
    expect(statuses).toEqual([200, 200, 200, 404, 404, 404, 404, 422]);
  });

  test('may delete its own customer and take that back, though the parent is out of its sight', async () => {
    const parent = await service.create();
    const own = await service.create({ parentId: parent['id'] });
    const narrow = await service.withKey({ customerId: own['id'] });
    expect((await narrow.remove(own['id'])).status).toBe(204);
    const undone = await narrow.send('POST', `/v1/customers/${own['id']}/history/2/undo`);
    expect([undone.status, undone.body['parentId']]).toEqual([200, parent['id']]);
    expect((await narrow.patch(own['id'], { parentId: null })).status).toBe(422);
  });

  test('has its accepted changes judged by its bounds, and sees its own requests alone', async () => {
    const accept = async (client: Client, method: string, path: string, body: object) =>
      (await client.send(method, path, { body, headers: { prefer: 'respond-async' } })).headers.get(
        'location',
      )!;
    const inside = await accept(key, 'PATCH', at('child'), { timeZone: 'Europe/Helsinki' });
    const astray = await accept(key, 'POST', '/v1/customers', { kind: 'person', parentId: ids.sibling });
    const foreign = await accept(service, 'PATCH', at('child'), { locale: 'fi' });
    const ended = async (location: string) => {
      await vi.waitUntil(async () => (await key.get(location)).body['status'] !== 'open', { timeout: 5000 });
      return (await key.get(location)).body;
    };
    expect(await ended(inside)).toMatchObject({ status: 'succeeded' });
    expect(await ended(astray)).toMatchObject({ status: 'failed', reason: { status: 422 } });
    expect((await key.get(foreign)).status).toBe(404);
    const twin = await service.withKey({ customerId: ids.sibling, name: 'bound' });
    expect((await twin.get(inside)).status, 'the same name, bound to another customer').toBe(404);
  });

  test('replays no reply that was kept for another customer', async () => {
    const headers = { 'idempotency-key': 'bound-replay' };
    const wide = await service.withKey({ name: 'same-name' });
    const first = await wide.patch(ids.sibling, { language: 'sv' }, headers);
    expect(first.status).toBe(200);
    const narrow = await service.withKey({ name: 'same-name', customerId: ids.root });
    const answer = await narrow.patch(ids.sibling, { language: 'sv' }, headers);
    expect(answer.body['type']).toBe('urn:customary:problem:idempotency-key-reused');
    expect(answer.text).not.toContain('Family');
  });
});
