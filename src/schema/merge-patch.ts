import { deepEqual, isObject, type Json, type JsonObject, member, setMember } from './json.ts';

/**
 * The target with a JSON merge patch applied (RFC 7396): null removes a member, an object merges, anything else
 * replaces. Changes neither argument; what the patch leaves alone stays the same reference, the whole target
 * when nothing changes, and the result may share parts of the patch. `undefined` is an absent target.
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return target !== undefined && deepEqual(target, patch) ? target : patch;
  const current = isObject(target) ? target : {};
  let next: JsonObject | undefined = isObject(target) ? undefined : current;
  for (const name of Object.keys(patch)) {
    const part = patch[name]!;
    const old = member(current, name);
    const value = part === null ? undefined : mergePatch(old, part);
    if (value === old) continue;
    next ??= { ...current };
    if (value === undefined) delete next[name];
    else setMember(next, name, value);
  }
  return next ?? current;
}
