import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.ts';
import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { jsonPatch } from './json-patch.ts';
import { readPatch } from './json-patch-document.ts';
import { mergePatch } from './merge-patch.ts';

const limits = { maxDepth: 20, maxBytes: 10_000, maxMembers: 1000 };
const patched = (target: Json, patch: Json) =>
  jsonPatch(deepFreeze(target), readPatch(deepFreeze(patch), { maxOperations: 5000 }), limits);

function refusalOf(run: () => unknown): { code: string; pointer: string; rule: string; text: string } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [fault] = error.faults;
    return {
      code: error.code,
      pointer: fault!.pointer,
      rule: fault!.rule,
      text: JSON.stringify(error) + error.message,
    };
  }
  throw new Error('the patch was accepted');
}

describe('RFC 6902 appendix A, and places the RFC describes in words', () => {
  const rows: [string, Json, Json, Json][] = [
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [
      'A.2',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 1 }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 1 }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    ['A.10', { foo: 1 }, [{ op: 'add', path: '/child', value: { g: {} } }], { foo: 1, child: { g: {} } }],
    ['A.11', { foo: 1 }, [{ op: 'add', path: '/baz', value: 2, xyz: 123 }], { foo: 1, baz: 2 }],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    ['A.16', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
    ['the whole document is replaced', { foo: 1 }, [{ op: 'replace', path: '', value: [] }], []],
    ['the whole document is set', { foo: 1 }, [{ op: 'add', path: '', value: null }], null],
    [
      'a member becomes the whole document',
      { foo: { a: 1 } },
      [{ op: 'move', from: '/foo', path: '' }],
      { a: 1 },
    ],
    ['a copy of the whole document', { a: 1 }, [{ op: 'copy', from: '', path: '/b' }], { a: 1, b: { a: 1 } }],
    ['a value moved to itself', { a: 1 }, [{ op: 'move', from: '/a', path: '/a' }], { a: 1 }],
    ['null is a value', { a: null }, [{ op: 'test', path: '/a', value: null }], { a: null }],
    [
      'the target of a move is found after the removal',
      { l: [{ n: 0 }, { n: 1 }, { n: 2 }] },
      [{ op: 'move', from: '/l/0', path: '/l/1/x' }],
      { l: [{ n: 1 }, { n: 2, x: { n: 0 } }] },
    ],
    [
      'members named like parts of a prototype are data',
      { constructor: { prototype: 1 } },
      [
        { op: 'copy', from: '/constructor/prototype', path: '/prototype' },
        { op: 'test', path: '/constructor', value: { prototype: 1 } },
        { op: 'replace', path: '/constructor/prototype', value: 2 },
      ],
      { constructor: { prototype: 2 }, prototype: 1 },
    ],
  ];
  test.each(rows)('%s', (_, target, patch, result) => {
    expect(patched(target, patch)).toEqual(result);
  });
});

test('a malformed patch document is refused before the target is looked at', () => {
  const patch = [{ op: 'remove', path: '/missing' }, { op: 'add' }];
  expect(refusalOf(() => patched({}, patch))).toMatchObject({ code: 'invalid-patch', pointer: '/1/path' });
});

describe('a patch that does not fit the target', () => {
  const target = { a: { b: 'secret' }, l: [1, 2], s: 'secret', n: null };
  const rows: [JsonObject, string][] = [
    [{ op: 'test', path: '/s', value: 'other' }, 'test'],
    [{ op: 'test', path: '/l/0', value: '1' }, 'test'],
    [{ op: 'test', path: '/x', value: null }, 'missing'],
    [{ op: 'add', path: '/x/y', value: 1 }, 'missing'],
    [{ op: 'add', path: '/n/y', value: 1 }, 'missing'],
    [{ op: 'add', path: '/s/0', value: 1 }, 'missing'],
    [{ op: 'replace', path: '/x', value: 1 }, 'missing'],
    [{ op: 'replace', path: '/l/-', value: 1 }, 'missing'],
    [{ op: 'replace', path: '/l/2', value: 1 }, 'missing'],
    [{ op: 'replace', path: '/s/0', value: 1 }, 'missing'],
    [{ op: 'remove', path: '/l/-' }, 'missing'],
    [{ op: 'remove', path: '/l/01' }, 'missing'],
    [{ op: 'remove', path: '/toString' }, 'missing'],
    [{ op: 'remove', path: '/constructor' }, 'missing'],
    [{ op: 'test', path: '/l/length', value: 2 }, 'missing'],
    [{ op: 'copy', from: '/s/length', path: '/x' }, 'missing'],
    [{ op: 'copy', from: '/x', path: '/y' }, 'missing'],
    [{ op: 'move', from: '/x', path: '/x' }, 'missing'],
    [{ op: 'add', path: '/l/3', value: 1 }, 'index'],
    [{ op: 'add', path: '/l/1e0', value: 1 }, 'index'],
    [{ op: 'add', path: '/l/-1', value: 1 }, 'index'],
    [{ op: 'copy', from: '/s', path: '/l/9' }, 'index'],
    [{ op: 'move', from: '/l/0', path: '/l/2' }, 'index'],
    [{ op: 'move', from: '/a', path: '/a/b' }, 'ownChild'],
    [{ op: 'move', from: '', path: '/a' }, 'ownChild'],
    [{ op: 'remove', path: '' }, 'root'],
  ];
  test.each(rows)('%j is refused for %s, naming the operation and no value', (operation, rule) => {
    const { text, ...refusal } = refusalOf(() =>
      patched(target, [{ op: 'add', path: '/z', value: 1 }, operation]),
    );
    expect(refusal).toEqual({ code: 'patch-conflict', pointer: '/1', rule });
    expect(text).not.toContain('secret');
  });
});

test('what a copy left in two places is changed in one of them only, before and after the copy', () => {
  const patch = [
    { op: 'add', path: '/a/x', value: 1 },
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'add', path: '/a/y', value: 2 },
    { op: 'add', path: '/b/z/0', value: 3 },
    { op: 'add', path: '/a/z/-', value: 4 },
    { op: 'move', from: '/b', path: '/a/b' },
    { op: 'remove', path: '/a/b/x' },
  ];
  expect(patched({ a: { z: [] } }, patch)).toEqual({ a: { x: 1, y: 2, z: [4], b: { z: [3] } } });
});

describe('laws', () => {
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, 0, 'x'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json')),
    ),
  }));
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c', '0', '1', '-'), { maxLength: 3 })
    .map((s) => s.map((x) => `/${x}`).join(''));
  const operation = fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
    path,
    from: path,
    value: json,
  });

  test('neither argument is changed, whether the patch applies or not', () => {
    let applied = 0;
    fc.assert(
      fc.property(json, fc.array(operation, { maxLength: 4 }), (target, patch) => {
        const text = JSON.stringify([target, patch]);
        try {
          patched(target, patch as Json);
          applied++;
        } catch (error) {
          expect((error as Refusal).code).toBe('patch-conflict');
        }
        expect(JSON.stringify([target, patch])).toBe(text);
      }),
      { numRuns: 2000 },
    );
    expect(applied).toBeGreaterThan(200);
  });

  test('a move is a copy and a removal, and a replacement a removal and an addition', () => {
    const outcome = (target: Json, patch: Json): Json => {
      try {
        return ['applied', patched(target, patch)];
      } catch (error) {
        return (error as Refusal).code;
      }
    };
    fc.assert(
      fc.property(
        json,
        path.filter((text) => text !== ''),
        path,
        json,
        (target, one, two, value) => {
          const replaced = outcome(target, [{ op: 'replace', path: one, value }]);
          expect(replaced).toEqual(
            outcome(target, [
              { op: 'remove', path: one },
              { op: 'add', path: one, value },
            ]),
          );
          const moved = outcome(target, [{ op: 'move', from: one, path: two }]);
          if (!Array.isArray(moved)) return;
          const held = patched([target], [{ op: 'copy', from: `/0${one}`, path: '/-' }]) as [Json, Json];
          const added = [
            { op: 'remove', path: one },
            { op: 'add', path: two, value: held[1] },
          ];
          expect(moved).toEqual(outcome(target, added));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('setting one member is the same in both patch languages, and shares what it leaves alone', () => {
    fc.assert(
      fc.property(
        json.filter(isObject),
        json.filter((value) => !isObject(value) && value !== null),
        (target, value) => {
          const result = patched(target, [{ op: 'add', path: '/a', value }]) as JsonObject;
          expect(result).toEqual(mergePatch(target, { a: value }));
          if (isObject(target)) for (const name of ['b', 'c']) expect(result[name]).toBe(target[name]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
