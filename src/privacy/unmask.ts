import { isObject, type Json, type JsonObject, member, setMember } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { maskText } from './mask.ts';
import { type PersonalRights, type Sights, secretSightOf, sightAt, sightOf } from './sight.ts';

/**
 * A written record with what the caller could not see put back from the stored one: `***` where it was masked,
 * absence where it was hidden. Items of lists are matched by their `id`. A `partial` change was made of the stored record,
 * so that what is absent was taken away; items of lists it says whole.
 */
export const unmasked = (
  shape: Shape,
  written: JsonObject,
  stored: JsonObject,
  { level, rights, partial }: { level: number; rights: PersonalRights; partial: boolean },
): JsonObject => {
  const sights = { personal: sightOf(level, rights), secret: secretSightOf(level, rights), partial };
  if (sights.personal === 'show' && sights.secret === 'show') return written;
  return restoreObject(shape, written, stored, sights);
};

interface Restoring extends Sights {
  /** Absence of a hidden member says that it goes. */
  partial: boolean;
}

const restoreObject = (
  shape: Shape,
  written: JsonObject,
  stored: JsonObject,
  sights: Restoring,
): JsonObject => {
  if (shape.kind !== 'group') return written;
  const result = { ...written };
  for (const [name, member] of shape.members) {
    const restored = restoreAny(member, written[name], stored[name], sights);
    if (restored === undefined) delete result[name];
    else result[name] = restored;
  }
  return result;
};

const restoreAny = (
  shape: Shape,
  written: Json | undefined,
  stored: Json | undefined,
  sights: Restoring,
): Json | undefined => {
  if (stored === undefined || stored === written) return written;
  if (!shape.marks.personal && shape.kind === 'group' && isObject(stored)) {
    if (written === null || (written === undefined && (sights.partial || !hidesAll(shape, stored, sights))))
      return written;
    return isObject(written ?? {})
      ? restoreObject(shape, (written ?? {}) as JsonObject, stored, sights)
      : written;
  }
  if (!shape.marks.personal && shape.kind === 'list' && Array.isArray(written) && Array.isArray(stored)) {
    return written.map((item) => restoreItem(shape.item, item, stored, sights));
  }
  const sight = sightAt(shape, sights);
  const isLeftOut = written === undefined && !sights.partial;
  const unseen = sight === 'mask' ? written === maskText : sight === 'hide' && isLeftOut;
  if (unseen) return stored;
  return sight === 'hide' && !sights.partial && isObject(written) && isObject(stored)
    ? laidOver(stored, written)
    : written;
};

/** A free object that the caller could not see, with what it wrote into it: the members that it did not name stay. */
const laidOver = (stored: JsonObject, written: JsonObject): JsonObject => {
  const result = { ...stored };
  for (const [name, value] of Object.entries(written)) {
    const before = member(stored, name);
    setMember(result, name, isObject(value) && isObject(before) ? laidOver(before, value) : value);
  }
  return result;
};

const restoreItem = (shape: Shape, item: Json, stored: Json[], sights: Restoring): Json => {
  if (!isObject(item)) return item;
  const twin = stored.find((one) => isObject(one) && one['id'] === item['id']);
  return isObject(twin) ? restoreObject(shape, item, twin, { ...sights, partial: false }) : item;
};

/** A group that was shown empty of its hidden members is not deleted by being left out. */
const hidesAll = (shape: Shape & { kind: 'group' }, stored: JsonObject, sights: Sights): boolean =>
  [...shape.members].some(([name, member]) => name in stored && sightAt(member, sights) === 'hide');
