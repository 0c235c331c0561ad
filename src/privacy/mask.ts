import { isObject, type Json, type JsonObject, member, setMember } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';

/** What a caller may see and change of personal data. */
export interface PersonalRights {
  read: boolean;
  write: boolean;
  /** The privacy officer, who alone sees a restricted record. */
  manage: boolean;
}

/** The text that stands for a value which is there, but not shown. */
export const maskText = '***';

/** How personal members of a record of this protection level look to a caller. */
export type Sight = 'show' | 'mask' | 'hide';

/** The protection level of a restricted record: its personal members are kept, shown to nobody else and not changed. */
export const restrictedLevel = 4;

/** Judges what a caller sees of the personal members at a protection level (1 open … 4 restricted). */
export const sightOf = (level: number, rights: PersonalRights): Sight => {
  if (level >= restrictedLevel) return rights.manage ? 'show' : 'hide';
  if (rights.read) return 'show';
  return level <= 1 ? 'show' : level === 2 ? 'mask' : 'hide';
};

/** How the secret members of a record look: they are never shown for the mere right to read the customer. */
export const secretSightOf = (level: number, rights: PersonalRights): Sight => {
  const sight = sightOf(level, rights);
  return sight === 'show' && !rights.read ? 'mask' : sight;
};

/** A record as a caller with these rights sees it. Returns the same object when nothing is hidden. */
export const masked = (shape: Shape, data: JsonObject, level: number, rights: PersonalRights): JsonObject => {
  const sights = { personal: sightOf(level, rights), secret: secretSightOf(level, rights) };
  return sights.personal === 'show' && sights.secret === 'show' ? data : maskObject(shape, data, sights);
};

/** One value at a place of the schema as a caller sees it; undefined when it is not shown at all. */
export const maskedValue = (
  shape: Shape | undefined,
  value: Json,
  level: number,
  rights: PersonalRights,
): Json | undefined => {
  const sights = { personal: sightOf(level, rights), secret: secretSightOf(level, rights) };
  if (sights.personal === 'show' && sights.secret === 'show') return value;
  return shape ? maskAny(shape, value, sights) : hiddenAs(sights.personal, value);
};

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

interface Sights {
  personal: Sight;
  secret: Sight;
  /** Absence of a hidden member says that it goes. */
  partial?: boolean;
}

const sightAt = (shape: Shape, sights: Sights): Sight =>
  shape.marks.secret ? sights.secret : shape.marks.personal ? sights.personal : 'show';

const hiddenAs = (sight: Sight, value: Json): Json | undefined =>
  sight === 'show' || (value === null && sight === 'mask') ? value : sight === 'mask' ? maskText : undefined;

const maskAny = (shape: Shape, value: Json, sights: Sights): Json | undefined => {
  if (shape.kind === 'group' && isObject(value) && !shape.marks.personal)
    return maskObject(shape, value, sights);
  if (shape.kind === 'list' && Array.isArray(value) && !shape.marks.personal) {
    return value.map((item) => (isObject(item) ? maskObject(shape.item, item, sights) : item));
  }
  return hiddenAs(sightAt(shape, sights), value);
};

const maskObject = (shape: Shape, data: JsonObject, sights: Sights): JsonObject => {
  if (shape.kind !== 'group') return data;
  const result: JsonObject = {};
  for (const name of Object.keys(data)) {
    const member = shape.members.get(name);
    const value = data[name] as Json;
    const shown = member ? maskAny(member, value, sights) : value;
    if (shown !== undefined) result[name] = shown;
  }
  return result;
};

const restoreObject = (shape: Shape, written: JsonObject, stored: JsonObject, sights: Sights): JsonObject => {
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
  sights: Sights,
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

const restoreItem = (shape: Shape, item: Json, stored: Json[], sights: Sights): Json => {
  if (!isObject(item)) return item;
  const twin = stored.find((one) => isObject(one) && one['id'] === item['id']);
  return isObject(twin) ? restoreObject(shape, item, twin, { ...sights, partial: false }) : item;
};

/** A group that was shown empty of its hidden members is not deleted by being left out. */
const hidesAll = (shape: Shape & { kind: 'group' }, stored: JsonObject, sights: Sights): boolean =>
  [...shape.members].some(([name, member]) => name in stored && sightAt(member, sights) === 'hide');
