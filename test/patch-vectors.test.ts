import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { startService, type TestService } from './support/service.ts';

/** A public vector (json-patch-tests): the document and the patch, and what comes of it. */
interface Vector {
  comment?: string;
  doc: Json;
  patch: JsonObject[];
  expected?: Json;
  error?: string;
  disabled?: boolean;
}

const load = createRequire(import.meta.url);
const vectors = ['spec_tests', 'tests'].flatMap((name) =>
  (load(`json-patch-test-suite/${name}.json`) as Vector[])
    // Two vectors have an operation with two `op` members, which the loaded file no longer shows; see below.
    .filter((vector) => !/two 'op' members/.test(vector.error ?? ''))
    .map((vector, index) => ({
      ...vector,
      name: `${name} ${index}: ${vector.comment ?? JSON.stringify(vector.patch)}`,
    })),
);

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const place = '/metadata/doc';
const holding = async (doc: Json) => (await service.create({ metadata: { doc } }))['id'] as string;
const docOf = async (id: string) => (await service.get(`/v1/customers/${id}`)).body['metadata'].doc as Json;

/** The operation with its pointers moved to the place where the document lies; what is no pointer stays as it is. */
const moved = (operation: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(operation).map(([name, value]) => {
      const isPointer = (name === 'path' || name === 'from') && /^$|^\//.test(String(value));
      return [name, isPointer ? place + String(value) : value];
    }),
  );

describe('RFC 6902: the public vectors through PATCH', () => {
  test('there are as many as the suite has', () => {
    expect(vectors).toHaveLength(93);
  });

  test.each(vectors)('$name', async ({ doc, patch, expected, error }) => {
    const id = await holding(doc);
    const answer = await service.jsonPatch(id, patch.map(moved));
    if (error === undefined) {
      expect(answer.status).toBe(200);
      expect(await docOf(id)).toEqual(expected === undefined ? doc : expected);
    } else {
      expect([400, 409]).toContain(answer.status);
      expect(answer.body['errors'][0].pointer).toMatch(/^\/\d/);
      expect(await docOf(id)).toEqual(doc);
    }
  });

  test.each([
    '[{"op":"remove","op":"add","path":"/metadata/doc/baz","value":"qux"}]',
    '[{"op":"add","path":"/metadata/doc/baz","value":"qux","op":"move","from":"/metadata/doc/foo"}]',
  ])('an operation with two `op` members is refused: %s', async (body) => {
    const id = await holding({ foo: 'bar' });
    const answer = await service.jsonPatch(id, body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: '/0/op', rule: 'duplicateMember' }]);
    expect(await docOf(id)).toEqual({ foo: 'bar' });
  });
});

describe('RFC 7396: every row of appendix A through PATCH', () => {
  const rows: [Json, Json, Json | undefined][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    // Inside a document, null says that the member goes.
    [{ a: 'foo' }, null, undefined],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];

  test.each(['application/merge-patch+json', 'application/json'])('as %s', async (contentType) => {
    for (const [original, patch, result] of rows) {
      const id = await holding(original);
      const answer = await service.send('PATCH', `/v1/customers/${id}`, {
        body: { metadata: { doc: patch } },
        contentType,
      });
      expect(answer.status).toBe(200);
      expect(await docOf(id)).toEqual(result);
    }
  });

  test.each([['["c"]'], ['null'], ['"bar"'], ['1']])(
    '%s in the place of the customer is refused',
    async (body) => {
      const id = await holding(1);
      const answer = await service.patch(id, body);
      expect(answer.status).toBe(422);
      expect(answer.body['errors']).toEqual([{ pointer: '', rule: 'type', detail: 'must be object' }]);
      expect(await docOf(id)).toBe(1);
    },
  );
});
