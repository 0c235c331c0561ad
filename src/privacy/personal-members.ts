import { isObject, type Json } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import { type PersonalRights, type Sight, secretSightOf, sightOf } from './sight.ts';

/**
 * The names of the personal and secret members in a value at a place of the schema that have a value and that a caller
 * sees: names with dots, items of lists left out, such as `contacts.email`. Without rights whatever has a value.
 */
export const personalMembers = (
  shape: Shape,
  value: Json,
  seenBy?: { level: number; rights: PersonalRights },
  at = '',
): Set<string> => {
  const shown = 'show' as const;
  const sights = seenBy
    ? {
        personal: sightOf(seenBy.level, seenBy.rights),
        secret: secretSightOf(seenBy.level, seenBy.rights),
      }
    : { personal: shown, secret: shown };
  const names = new Set<string>();
  collect(shape, value, at, sights, names);
  return names;
};

/** All personal and secret members of a schema, by name. */
export const declaredMembers = (shape: Shape, at = ''): [string, Shape][] => {
  if (shape.marks.personal || shape.marks.secret) return [[at, shape]];
  if (shape.kind === 'leaf') return [];
  const parts = shape.kind === 'list' ? shape.item.members : shape.members;
  return [...parts].flatMap(([name, part]) => declaredMembers(part, below(at, name)));
};

/** The name of a member of what has a name. */
export const below = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const collect = (
  shape: Shape,
  value: Json,
  at: string,
  sights: { personal: Sight; secret: Sight },
  names: Set<string>,
): void => {
  const { personal, secret } = shape.marks;
  if (personal || secret) {
    if (value !== null && (secret ? sights.secret : sights.personal) === 'show') names.add(at);
  } else if (shape.kind === 'group' && isObject(value)) {
    for (const [name, member] of shape.members) {
      const inner = value[name];
      if (inner !== undefined) collect(member, inner, below(at, name), sights, names);
    }
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) collect(shape.item, item, at, sights, names);
  }
};
