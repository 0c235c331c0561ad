import { type Fault, Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { escapeSegment } from '../schema/pointer.ts';
import type { Shape } from '../schema/shape.ts';
import { customerShape } from './record.ts';

/**
 * Judges the names that a merge patch removes: once it is applied nothing tells of one that was never there, so a name
 * that is mistyped would remove nothing and say so to nobody. Free maps take any name. Throws Refusal
 * `validation-failed`, rule `unknownMember`.
 */
export const checkRemovedNames = (patch: JsonObject): void => {
  const faults = unknownIn(customerShape, patch, '');
  if (faults.length > 0) throw new Refusal('validation-failed', { faults: faults.slice(0, mostFaults) });
};

const mostFaults = 50;

const unknownIn = (shape: Shape, patch: Json, pointer: string): Fault[] => {
  if (shape.kind !== 'group' || !isObject(patch)) return [];
  const faults: Fault[] = [];
  for (const name of Object.keys(patch)) {
    const member = shape.members.get(name);
    const part = patch[name] as Json;
    const place = `${pointer}/${escapeSegment(name)}`;
    if (member) faults.push(...unknownIn(member, part, place));
    else if (part === null)
      faults.push({ pointer: place, rule: 'unknownMember', detail: 'is not a known member' });
  }
  return faults;
};
