import type { JsonObject } from '../schema/json.ts';
import { parsePointer } from '../schema/pointer.ts';
import type { Compiled } from './compiled.ts';
import { isNothing, type Path, parsePath, valueAt } from './path.ts';

/** The wire member that the first rule which says a member of the record has for it; undefined where none does. */
export const wirePointer = (
  rules: readonly Compiled[],
  canonicalPointer: string,
  record: JsonObject | undefined,
): string | undefined => {
  const segments = parsePointer(canonicalPointer);
  for (const rule of rules) {
    const pointer = rule.pointerOf(segments, record);
    if (pointer !== undefined) return pointer;
  }
  return undefined;
};

/** The wire members of all that a record has in a group. */
export const wirePointersIn = (rules: readonly Compiled[], group: Path, record: JsonObject): string[] => {
  const pointers = rules.flatMap((rule) =>
    rule.places
      .map(({ canonical }) => parsePath(canonical ?? ''))
      .filter((path) => group.every((name, index) => path[index] === name))
      .filter((path) => !isNothing(valueAt(record, path)))
      .flatMap((path) => rule.pointerOf(path, record) ?? []),
  );
  return [...new Set(pointers)];
};
