import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.ts';
import { Refusal } from '../errors.ts';
import type { Json } from './json.ts';
import { jsonPatch } from './json-patch.ts';
import { readPatch } from './json-patch-document.ts';

const limits = { maxDepth: 20, maxBytes: 10_000, maxMembers: 1000 };
const patched = (target: Json, patch: Json) =>
  jsonPatch(deepFreeze(target), readPatch(deepFreeze(patch), { maxOperations: 5000 }), limits);

describe('a patch that would go over a limit is refused at the operation that does', () => {
  const adds = (name: string, levels: number) => ({
    op: 'add',
    path: `/${name}`,
    value: JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as Json,
  });
  const copies = (from: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ op: 'copy', from, path: `/c${index}` }));
  const wide = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`n${index}`, index]));
  const rows: [string, Json, Json[], string, string][] = [
    ['copies that double the document', {}, copies('', 60), '/9', 'maxMembers'],
    ['copies of a long text', { a: 'é'.repeat(2000) }, copies('/a', 3), '/2', 'maxBytes'],
    ['copies of many members', { a: wide }, copies('/a', 4), '/3', 'maxMembers'],
    ['an addition that is too deep', {}, [adds('a', 20)], '/0', 'maxDepth'],
    [
      'an addition to a deep place',
      {},
      [adds('a', 19), { op: 'add', path: `${'/a'.repeat(20)}`, value: {} }],
      '/1',
      'maxDepth',
    ],
    [
      'a move into a deep place',
      {},
      [adds('a', 10), adds('b', 10), { op: 'move', from: '/a', path: `/b${'/a'.repeat(10)}` }],
      '/2',
      'maxDepth',
    ],
    [
      'moves and tests of much',
      { a: wide },
      [
        { op: 'test', path: '/a', value: wide },
        { op: 'move', from: '/a', path: '/b' },
        { op: 'move', from: '/b', path: '/a' },
        { op: 'test', path: '/a', value: {} },
      ],
      '/3',
      'maxMembers',
    ],
  ];
  test.each(rows)('%s', (_, target, patch, pointer, rule) => {
    const refusal = refusalOf(() => patched(target, patch));
    expect(refusal).toMatchObject({ code: 'validation-failed', faults: [{ pointer, rule }] });
    expect(JSON.stringify(refusal) + refusal.message).not.toContain('é');
  });

  test('and one that stays within is not', () => {
    const deep = [adds('a', 19), { op: 'move', from: '/a', path: '/b' }];
    expect(patched({}, deep)).toEqual({ b: adds('a', 19).value });
    expect(patched({ a: 'é'.repeat(2000) }, copies('/a', 2))).toHaveProperty('c1');
    const scalar = { op: 'add', path: '/a'.repeat(20), value: 1 };
    expect(patched({}, [adds('a', 19), scalar])).toEqual({ a: adds('a', 19).value });
  });
});

test('a container with many members is copied once, however many operations change it', () => {
  let reads = 0;
  const target = new Proxy(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`n${n}`, n])), {
    ownKeys(object) {
      reads++;
      return Reflect.ownKeys(object);
    },
  });
  const patch = Array.from({ length: 100 }, (_, n) => ({ op: 'replace', path: `/n${n}`, value: -1 }));
  const operations = readPatch(patch, { maxOperations: 100 });
  expect(jsonPatch(target, operations, limits)).toMatchObject({ n0: -1, n99: -1, n100: 100 });
  expect(reads).toBe(1);
});

const refusalOf = (run: () => unknown): Refusal => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the patch was accepted');
};
