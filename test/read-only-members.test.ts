import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { arbitraryJson } from './support/arbitrary-customer.ts';
import type { Answer } from './support/client.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
let id: string;
beforeAll(async () => {
  service = await startService();
  id = (await service.create())['id'] as string;
});
afterAll(() => service.stop());

const names = ['id', 'number', 'humanReadableId', 'version', 'createdAt', 'updatedAt'] as const;

/** How each route is asked to write a member; each answers the faults, whatever it changed. */
const routes: Record<string, (name: string, value: Json) => Promise<unknown>> = {
  POST: (name, value) => post({ [name]: value }),
  'POST with another member': (name, value) => post({ source: 'x', [name]: value }),
  'PATCH merge': async (name, value) => faultsOf(await service.patch(id, { source: fresh(), [name]: value })),
  'PATCH merge, stale and to be merged': async (name, value) => {
    const stale = (await service.get(`/v1/customers/${id}`)).headers.get('etag') as string;
    await service.patch(id, { note: fresh() });
    const headers = { 'if-match': stale };
    return faultsOf(
      await service.patch(id, { source: fresh(), [name]: value }, headers, '?onConflict=merge'),
    );
  },
  'PATCH json': async (name, value) =>
    faultsOf(await service.jsonPatch(id, [{ op: 'replace', path: `/${name}`, value }])),
  PUT: async (name, value) => {
    const { body } = await service.get(`/v1/customers/${id}`);
    return faultsOf(await service.put(id, { ...body, source: fresh(), [name]: value }));
  },
  'PATCH asynchronous': async (name, value) => {
    const answer = await service.patch(id, { [name]: value }, { prefer: 'respond-async' });
    expect(answer.status).toBe(202);
    return endOf(answer.headers.get('location') as string);
  },
  'batch create': (name, value) => batch({ op: 'create', body: { [name]: value } }),
  'batch mergePatch': (name, value) => batch({ op: 'mergePatch', id, body: { [name]: value } }),
  'batch jsonPatch': (name, value) =>
    batch({ op: 'jsonPatch', id, body: [{ op: 'add', path: `/${name}`, value }] }),
  'batch replace': (name, value) => batch({ op: 'replace', id, body: { [name]: value } }),
};

const post = async (body: JsonObject) => faultsOf(await service.send('POST', '/v1/customers', { body }));
const batch = async (change: JsonObject) => {
  const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes: [change] } });
  return body['outcomes'][0].error.errors as unknown;
};
const faultsOf = ({ status, body }: Answer) => (status === 422 ? body['errors'] : `${status}`);
let counter = 0;
const fresh = () => `fresh ${counter++}`;

const endOf = async (location: string): Promise<unknown> => {
  for (;;) {
    const { body } = await service.get(location);
    if (body['status'] !== 'open') return body['reason']?.errors;
  }
};

describe.each(names)('%s', (name) => {
  test.each(Object.keys(routes))('cannot be written by %s, whatever the value', async (route) => {
    const before = await service.get(`/v1/customers/${id}`);
    const write = routes[route] as (typeof routes)[string];
    const value = fc.oneof(fc.constant(null), arbitraryJson()).filter((one) => one !== before.body[name]);
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        expect(await write(name, one)).toEqual([
          { pointer: `/${name}`, rule: 'readOnly', detail: 'is set by the service alone' },
        ]);
      }),
      { numRuns: 3 },
    );
    const after = await service.get(`/v1/customers/${id}`);
    if (!route.includes('stale')) expect(after.body).toEqual(before.body);
  });

  const readOnly = [{ pointer: `/${name}`, rule: 'readOnly', detail: 'is set by the service alone' }];

  test.each<[string, (path: string) => JsonObject[]]>([
    ['removes it', (path) => [{ op: 'remove', path }]],
    ['moves it away', (path) => [{ op: 'move', from: path, path: '/source' }]],
    [
      'copies it to another member and removes it',
      (path) => [
        { op: 'copy', from: path, path: '/source' },
        { op: 'remove', path },
      ],
    ],
  ])('cannot be written by a JSON Patch that %s', async (_how, patch) => {
    const before = await service.get(`/v1/customers/${id}`);
    expect(faultsOf(await service.jsonPatch(id, patch(`/${name}`)))).toEqual(readOnly);
    expect(await batch({ op: 'jsonPatch', id, body: patch(`/${name}`) })).toEqual(readOnly);
    expect((await service.get(`/v1/customers/${id}`)).body).toEqual(before.body);
  });

  test('may be tested and said as it is by a JSON Patch, and left out by a whole document', async () => {
    const { body } = await service.get(`/v1/customers/${id}`);
    const { [name]: value, ...rest } = body;
    const path = `/${name}`;
    const answers = [
      await service.jsonPatch(id, [{ op: 'test', path, value }]),
      await service.jsonPatch(id, [{ op: 'replace', path, value }]),
      await service.jsonPatch(id, [
        { op: 'remove', path },
        { op: 'add', path, value },
      ]),
      await service.jsonPatch(id, [{ op: 'replace', path: '', value: rest }]),
      await service.patch(id, { [name]: value }),
      await service.put(id, rest),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(body);
    }
  });

  test('may be copied by a JSON Patch', async () => {
    const isText = typeof (await service.get(`/v1/customers/${id}`)).body[name] === 'string';
    const answer = await service.jsonPatch(id, [{ op: 'copy', from: `/${name}`, path: '/source' }]);
    expect(faultsOf(answer)).toEqual(
      isText ? '200' : [{ pointer: '/source', rule: 'type', detail: expect.any(String) }],
    );
  });
});
