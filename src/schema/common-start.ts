import { isObject, type JsonObject, member, setMember } from './json.ts';

/**
 * The document from which two others are compared that both come from `base`. Where both made an object that was not
 * there, an empty one stands, so that what each put into it is compared member by member. Copies only what differs.
 */
export function commonStart(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  let start = base;
  for (const name of Object.keys(mine)) {
    const [own, other] = [member(mine, name), member(theirs, name)];
    const before = Object.hasOwn(base, name) ? member(base, name) : {};
    if (own === other || !isObject(own) || !isObject(other) || !isObject(before)) continue;
    const inner = commonStart(before, own, other);
    if (inner === member(base, name)) continue;
    if (start === base) start = { ...base };
    setMember(start, name, inner);
  }
  return start;
}
