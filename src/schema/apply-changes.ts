import type { Change } from './change.ts';
import { isObject, type Json, type JsonObject, member, setMember } from './json.ts';
import { itemSegment } from './keyed-list.ts';
import { parsePointer } from './pointer.ts';

/**
 * The document with the changes made; the order of `changes` has no meaning. Copies only what it changes.
 * `applyChanges(a, diff(a, b))` equals b, and with `invert` the other way round. On another document than the
 * one compared, an added item goes to its index or to the end, and one that is already there is replaced.
 * Throws an Error when a change lies inside something that the document does not have.
 */
export function applyChanges(document: JsonObject, changes: readonly Change[]): JsonObject {
  return applyToObject(document, childrenOf(changes));
}

/** The changes below one place, by the next segment of their path. */
type Children = Map<string, Step>;
interface Step {
  change?: Change;
  children?: Children;
}

function childrenOf(changes: readonly Change[]): Children {
  const root: Children = new Map();
  for (const change of changes) {
    let step: Step = { children: root };
    for (const segment of parsePointer(change.path)) {
      step.children ??= new Map();
      const next: Step = step.children.get(segment) ?? {};
      step.children.set(segment, next);
      step = next;
    }
    step.change = change;
  }
  return root;
}

function applyStep(value: Json | undefined, step: Step): Json | undefined {
  const next = step.change ? step.change.after : value;
  if (!step.children) return next;
  if (Array.isArray(next)) return applyToList(next, step.children);
  if (isObject(next)) return applyToObject(next, step.children);
  throw new Error('a change lies inside something that the document does not have');
}

function applyToObject(object: JsonObject, children: Children): JsonObject {
  let next: JsonObject | undefined;
  for (const [name, step] of children) {
    const old = member(object, name);
    const value = applyStep(old, step);
    if (value === old) continue;
    next ??= { ...object };
    if (value === undefined) delete next[name];
    else setMember(next, name, value);
  }
  return next ?? object;
}

/** Removes and changes items where they stand, then adds the new ones in the order of their indices. */
function applyToList(list: Json[], children: Children): Json[] {
  const waiting = new Map(children);
  const next: Json[] = [];
  for (const item of list) {
    const id = isObject(item) ? member(item, 'id') : undefined;
    const step = typeof id === 'string' ? waiting.get(itemSegment(id)) : undefined;
    if (step) waiting.delete(itemSegment(id as string));
    const value = step ? applyStep(item, step) : item;
    if (value !== undefined) next.push(value);
  }
  const added = [...waiting.values()].sort((a, b) => (a.change?.at ?? Infinity) - (b.change?.at ?? Infinity));
  for (const step of added) {
    const item = applyStep(undefined, step);
    if (item !== undefined) next.splice(step.change?.at ?? next.length, 0, item);
  }
  return next;
}
