import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepEqual, isObject, type Json, type JsonObject, member, setMember } from './json.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe('isObject', () => {
  test('only a JSON object is one', () => {
    expect(isObject({})).toBe(true);
    for (const other of [null, undefined, [], 'a', 0, true]) expect(isObject(other)).toBe(false);
  });
});

describe('member and setMember', () => {
  test('inherited members are absent', () => {
    for (const name of ['toString', 'constructor', '__proto__']) expect(member({}, name)).toBeUndefined();
  });

  test('a member named __proto__ becomes an own member and the prototype stays', () => {
    const object: JsonObject = {};
    setMember(object, '__proto__', { polluted: true });
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(member(object, '__proto__')).toEqual({ polluted: true });
  });
});

describe('deepEqual', () => {
  test('agrees with the deep equality of Node on all JSON values', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(deepEqual(a, b)).toBe(isDeepStrictEqual(a, b));
        expect(deepEqual(a, JSON.parse(JSON.stringify(a)))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('an absent member, null, an empty list and an empty object are four different things', () => {
    expect(deepEqual({ a: null }, {})).toBe(false);
    expect(deepEqual({}, { a: null })).toBe(false);
    expect(deepEqual({ a: null }, { b: null })).toBe(false);
    expect(deepEqual(undefined, null)).toBe(false);
    expect(deepEqual(undefined, undefined)).toBe(true);
    expect(deepEqual([], {})).toBe(false);
    expect(deepEqual({}, [])).toBe(false);
  });

  test('inherited members are no members', () => {
    expect(deepEqual({ toString: 1 }, { valueOf: 1 })).toBe(false);
  });
});
