import { deepEqual, isObject, type Json, type JsonObject, setMember } from '../schema/json.ts';
import { CodecFault } from './codec.ts';
import { isNothing, type Path, valueAt } from './path.ts';

/** A record in the making: what is not set keeps its identity, what is set is copied once. */
export interface Draft {
  root: JsonObject;
  /** The objects that were made here, and may be changed in place. */
  readonly made: Set<JsonObject>;
}

/** Begins a draft of a record, or of an item of the record that another draft is of. */
export const draftOf = (root: JsonObject, made: Set<JsonObject> = new Set()): Draft => ({ root, made });

/**
 * Sets the value at a path, undefined to remove it. Groups are made on the way, and removed when they become empty.
 * What is equal already stays the same object; where there is no value, neither null nor undefined changes anything.
 * Throws a CodecFault `masked` where the way leads into a part that the caller sees only as a mask.
 */
export const setAt = (draft: Draft, path: Path, value: Json | undefined): void => {
  const current = valueAt(draft.root, path);
  if (isNothing(value) ? isNothing(current) : deepEqual(current, value)) return;
  draft.root = set(draft, draft.root, path, 0, value);
};

const set = (
  draft: Draft,
  object: JsonObject,
  path: Path,
  depth: number,
  value: Json | undefined,
): JsonObject => {
  const name = path[depth] as string;
  let next = value;
  if (depth < path.length - 1) {
    const inner = object[name] ?? {};
    if (!isObject(inner)) throw new CodecFault('masked', 'lies in a part of the record that is not shown');
    const group = set(draft, inner, path, depth + 1, value);
    next = Object.keys(group).length === 0 ? undefined : group;
  }
  const result = draft.made.has(object) ? object : { ...object };
  draft.made.add(result);
  if (next === undefined) delete result[name];
  else setMember(result, name, next);
  return result;
};
