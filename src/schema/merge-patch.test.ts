import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.ts';
import { deepEqual, isObject, type Json, type JsonObject } from './json.ts';
import { mergePatch } from './merge-patch.ts';

describe('RFC 7396 appendix A', () => {
  const rows: [Json, Json, Json][] = [
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
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  test.each(rows)('%j patched with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, 0, 1, 'x', true),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor', 'toString'), tie('json')),
  ),
}));
const object = json.filter(isObject) as fc.Arbitrary<JsonObject>;
const runs = { numRuns: 1000 };

describe('laws', () => {
  test('a patch applied twice is the patch applied once, by reference', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toBe(once);
      }),
      runs,
    );
  });

  test('neither the target nor the patch is changed', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const [targetText, patchText] = [JSON.stringify(target), JSON.stringify(patch)];
        mergePatch(deepFreeze(target), deepFreeze(patch));
        expect([JSON.stringify(target), JSON.stringify(patch)]).toEqual([targetText, patchText]);
      }),
      runs,
    );
  });

  test('a result that equals the target is the target, and members the patch leaves out are shared', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const result = mergePatch(target, patch) as JsonObject;
        if (deepEqual(result, target)) expect(result).toBe(target);
        for (const name of Object.keys(target)) {
          if (!Object.hasOwn(patch, name)) expect(result[name]).toBe(target[name]);
        }
      }),
      runs,
    );
  });

  test('an absent target is an empty one, and no null of the patch comes through', () => {
    fc.assert(
      fc.property(object, (patch) => {
        expect(mergePatch(undefined, patch)).toEqual(mergePatch({}, patch));
        expect(hasNullMember(mergePatch(undefined, patch))).toBe(false);
      }),
      runs,
    );
  });
});

test('members named like parts of a prototype are plain data', () => {
  const patch = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":null}',
  );
  const result = mergePatch({ a: 1 }, patch) as JsonObject;
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect(({} as JsonObject)['polluted']).toBeUndefined();
  expect(result['polluted']).toBeUndefined();
  expect(Object.keys(result)).toEqual(['a', '__proto__', 'constructor']);
});

function hasNullMember(value: Json): boolean {
  return isObject(value) && Object.values(value).some((part) => part === null || hasNullMember(part));
}
