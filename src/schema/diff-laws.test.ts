import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.ts';
import { applyChanges } from './apply-changes.ts';
import { invert, touches } from './change.ts';
import { conflicts } from './conflicts.ts';
import { diff } from './diff.ts';
import { deepEqual, isObject, type Json, type JsonObject } from './json.ts';
import { formatPointer } from './pointer.ts';
import { revert } from './revert.ts';

const runs = { numRuns: 2000 };
const names = fc.constantFrom('a', 'b', 'c/d', 'id=1', 'id', 'constructor', '~', '');
const ids = fc.constantFrom('1', '2', '3', '4', 'x/~y');

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, 0, 1, 'x', false),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 4 }),
    fc.uniqueArray(
      fc
        .tuple(ids, fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('json'), { maxKeys: 2 }))
        .map(([id, rest]): JsonObject => ({ ...rest, id })),
      { selector: (item) => item['id'], maxLength: 4 },
    ),
  ),
}));
const document = fc.dictionary(fc.constantFrom('a', 'b', 'list', '__proto__'), json, { maxKeys: 4 });

/** Documents that share much: random changes of one base, as two callers would make them. */
const related = fc
  .tuple(document, fc.array(fc.tuple(fc.nat(), json, fc.nat(2)), { maxLength: 3 }))
  .chain(([base, first]) =>
    fc.tuple(
      fc.constant(base),
      fc.constant(first.reduce<Json>(mutate, base) as JsonObject),
      fc
        .array(fc.tuple(fc.nat(), json, fc.nat(2)), { maxLength: 3 })
        .map((second) => second.reduce<Json>(mutate, base) as JsonObject),
    ),
  );

/** Puts a value at, adds one beside, or drops a randomly chosen place inside the document. */
function mutate(value: Json, [pick, put, kind]: [number, Json, number]): Json {
  const copy = Array.isArray(value) ? [...value] : { ...(value as JsonObject) };
  const keys = Object.keys(copy).filter((key) => key !== '__proto__');
  const key = keys[pick % (keys.length || 1)];
  if (key === undefined) return Array.isArray(copy) ? [...copy, put] : { ...copy, new: put };
  const target = copy as JsonObject;
  const inner = target[key]!;
  const descend = typeof inner === 'object' && inner !== null && pick % 3 !== 0;
  if (descend) target[key] = mutate(inner, [Math.floor(pick / 3), put, kind]);
  else if (kind === 0 && key !== 'id') target[key] = put;
  else if (kind === 1 && Array.isArray(copy)) copy.splice(Number(key), 1);
  else if (kind === 1 && key !== 'id') delete target[key];
  else if (Array.isArray(copy))
    copy.splice(Number(key), 0, isObject(inner) ? { id: `n${pick % 3}`, put } : put);
  else target['added'] = put;
  return copy;
}

function at(value: Json | undefined, path: string): Json | undefined {
  for (const segment of path.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value.find((item) => isObject(item) && `id=${item['id']}` === name);
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

const pairs = fc.oneof(
  fc.tuple(document, document),
  related.map(([base, one]) => [base, one] as const),
);

describe('laws', () => {
  test('the changes from a to b lead from a to b, and inverted from b to a', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const changes = diff(a, b);
        expect(deepEqual(applyChanges(a, changes), b)).toBe(true);
        expect(deepEqual(applyChanges(b, invert(changes)), a)).toBe(true);
        expect(deepEqual(applyChanges(a, changes.toReversed()), b)).toBe(true);
        expect(invert(invert(changes))).toEqual(changes);
      }),
      runs,
    );
  });

  test('changes survive being stored as JSON text', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(deepEqual(applyChanges(a, JSON.parse(JSON.stringify(diff(a, b)))), b)).toBe(true);
      }),
      runs,
    );
  });

  test('there are no changes exactly when the documents are equal, and no two overlap', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(diff(a, JSON.parse(JSON.stringify(a)))).toEqual([]);
        const changes = diff(a, b);
        expect(changes.length === 0).toBe(deepEqual(a, b));
        for (const [index, one] of changes.entries()) {
          expect(deepEqual(one.before, one.after)).toBe(false);
          expect(changes.some((other, place) => place !== index && touches(one.path, other.path))).toBe(
            false,
          );
        }
      }),
      runs,
    );
  });

  test('nothing is changed in place, and what no path touches is shared', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const changes = diff(deepFreeze(a), deepFreeze(b));
        const result = applyChanges(a, changes);
        for (const name of Object.keys(a)) {
          if (!changes.some(({ path }) => touches(path, formatPointer([name]))))
            expect(result[name]).toBe(a[name]);
        }
        if (changes.length === 0) expect(result).toBe(a);
      }),
      runs,
    );
  });

  test('changes of two callers without a conflict are all kept, whoever comes first', () => {
    let merged = 0;
    fc.assert(
      fc.property(related, ([base, one, two]) => {
        const [mine, theirs] = [diff(base, one), diff(base, two)];
        const clashes = conflicts(mine, theirs);
        expect(conflicts(theirs, mine)).toHaveLength(clashes.length);
        if (clashes.length > 0) return;
        if (mine.length > 0 && theirs.length > 0) merged++;
        for (const result of [applyChanges(two, mine), applyChanges(one, theirs)]) {
          for (const { path, after } of [...mine, ...theirs])
            expect(deepEqual(at(result, path), after)).toBe(true);
          const touched = diff(base, result);
          const known = [...mine, ...theirs].map(({ path }) => path);
          expect(touched.every(({ path }) => known.includes(path))).toBe(true);
        }
      }),
      runs,
    );
    expect(merged).toBeGreaterThan(200);
  });

  test('undoing changes right away gives the document before; undone later it keeps what was changed elsewhere', () => {
    let kept = 0;
    fc.assert(
      fc.property(related, fc.tuple(fc.nat(), json, fc.nat(2)), ([base, one], later) => {
        const changes = diff(base, one);
        expect(revert(one, changes)).toEqual({ next: base });
        const current = mutate(one, later) as JsonObject;
        const since = diff(one, current);
        const outcome = revert(current, changes);
        if ('conflicts' in outcome) return;
        if (changes.length > 0 && since.length > 0) kept++;
        for (const { path, before } of changes) expect(deepEqual(at(outcome.next, path), before)).toBe(true);
        const elsewhere = since.filter((one) => !changes.some(({ path }) => touches(path, one.path)));
        for (const { path, after } of elsewhere) expect(deepEqual(at(outcome.next, path), after)).toBe(true);
      }),
      runs,
    );
    expect(kept).toBeGreaterThan(200);
  });
});
