import { deepEqual, type JsonObject } from '../schema/json.ts';
import { type Compiled, isTouched, noting, pointerOf, type Scope } from './compiled.ts';
import { setAt } from './draft.ts';
import { isNothing, type Path, parsePath, putAt, valueAt } from './path.ts';
import type { CustomRule, Values } from './rule.ts';
import { wireMember } from './wire-member.ts';

/** Makes a custom rule ready: it is read only when one of its wire members changed, and sets no path but its own. */
export const compileCustom = (rule: CustomRule, scope: Scope): Compiled => {
  const wire = rule.wire.map((path) => ({ name: path, path: parsePath(path) }));
  const canonical = rule.canonical.map((path) => ({ name: path, path: parsePath(path) }));
  const first = (wire[0] as { path: Path }).path;
  const readOnly = wire.every(({ path }) => wireMember(scope, path).readOnly);
  const isSame = (one: JsonObject, other: JsonObject) => wire.every(({ path }) => sameAt(path, one, other));
  const compiled: Compiled = {
    places: wire.flatMap(({ name }) =>
      rule.canonical.map((path) => ({ wire: name, canonical: path, kind: 'custom' as const, readOnly })),
    ),
    write(record, document, links) {
      const values = rule.write(record, links);
      for (const { name, path } of wire) {
        const value = values[name];
        if (!isNothing(value)) putAt(document, path, value);
        else if (scope.absent === 'null') putAt(document, path, null);
      }
    },
    pointerOf: (segments) =>
      canonical.some(({ path }) => path.every((name, index) => segments[index] === name))
        ? pointerOf(first)
        : undefined,
    rows({ document, record, at, canonicalAt }) {
      return wire.flatMap((one) =>
        canonical.flatMap((other) => {
          const [wireValue, canonicalValue] = [valueAt(document, one.path), valueAt(record, other.path)];
          if (wireValue === undefined || canonicalValue === undefined) return [];
          const [from, to] = [at + pointerOf(one.path), canonicalAt + pointerOf(other.path)];
          return [{ wire: from, wireValue, canonical: to, canonicalValue }];
        }),
      );
    },
  };
  if (readOnly) return compiled;
  compiled.read = (reading) => {
    if (isSame(reading.document, reading.before)) return;
    const { faults, at } = reading;
    if (faults.length > 0 && wire.some(({ path }) => isTouched(faults, at + pointerOf(path)))) return;
    noting(reading, first, () => {
      const values: Values = {};
      for (const { name, path } of wire) values[name] = valueAt(reading.document, path);
      const read = rule.read(values, reading.draft.root, reading.links);
      for (const { name, path } of canonical) {
        if (Object.hasOwn(read, name)) setAt(reading.draft, path, read[name]);
      }
    });
  };
  return compiled;
};

const sameAt = (path: Path, one: JsonObject, other: JsonObject): boolean => {
  const [left, right] = [valueAt(one, path), valueAt(other, path)];
  return isNothing(left) ? isNothing(right) : deepEqual(left, right);
};
