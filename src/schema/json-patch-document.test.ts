import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { readPatch } from './json-patch-document.ts';

describe('a malformed patch document', () => {
  const good = { op: 'test', path: '/a', value: 1 };
  const rows: [Json, string, string][] = [
    [{}, '', 'type'],
    [[good, 'x'], '/1', 'type'],
    [[good, { path: '/a' }], '/1/op', 'required'],
    [[{ op: 'spam', path: '/a' }], '/0/op', 'enum'],
    [[{ op: null, path: '/a' }], '/0/op', 'enum'],
    [[{ op: 'toString', path: '/a' }], '/0/op', 'enum'],
    [[good, good, { op: 'remove' }], '/2/path', 'required'],
    [[{ op: 'remove', path: 1 }], '/0/path', 'type'],
    [[{ op: 'remove', path: 'a' }], '/0/path', 'pointer'],
    [[{ op: 'remove', path: '/~2' }], '/0/path', 'pointer'],
    [[{ op: 'add', path: '/a' }], '/0/value', 'required'],
    [[{ op: 'test', path: '/a' }], '/0/value', 'required'],
    [[{ op: 'move', path: '/a' }], '/0/from', 'required'],
    [[{ op: 'copy', path: '/a', from: null }], '/0/from', 'type'],
    [[{ op: 'add', path: '/__proto__/x', value: 1 }], '/0/path', 'memberName'],
    [[{ op: 'copy', path: '/a', from: '/__proto__' }], '/0/from', 'memberName'],
    [[{ op: 'add', path: '/a'.repeat(101), value: 1 }], '/0/path', 'maxDepth'],
    [Array(101).fill(good), '', 'maxOperations'],
  ];
  test.each(rows)('%j is refused at %j for %s', (patch, pointer, rule) => {
    try {
      readPatch(patch, { maxOperations: 100 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid-patch', faults: [{ pointer, rule }] });
    }
  });
});

test('pointers are read, and members that the operation does not define are left out', () => {
  expect(readPatch([{ op: 'move', from: '/a~1b', path: '', value: 1, x: 2 }], { maxOperations: 1 })).toEqual([
    { pointer: '/0', op: 'move', from: ['a/b'], path: [] },
  ]);
});
