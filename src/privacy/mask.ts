import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { type PersonalRights, type Sight, type Sights, secretSightOf, sightAt, sightOf } from './sight.ts';

/** The text that stands for a value which is there, but not shown. */
export const maskText = '***';

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
