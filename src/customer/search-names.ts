import { oncePer } from '../schema/once-per.ts';
import type { Shape } from '../schema/shape.ts';
import { customerShape } from './record.ts';

/** Every name by which something at or below a place of the schema is searched. */
export const searchNames = oncePer((shape: Shape): ReadonlySet<string> => {
  const parts =
    shape.kind === 'group' ? [...shape.members.values()] : shape.kind === 'list' ? [shape.item] : [];
  const own = shape.marks.search ? [shape.marks.search.as] : [];
  return new Set([...own, ...parts.flatMap((part) => [...searchNames(part)])]);
});

/** Every name by which a customer is searched. */
export const allNames: ReadonlySet<string> = searchNames(customerShape);

/** The members of a group in which anything is searched. */
export const searchedParts = oncePer((shape: Shape & { kind: 'group' }): [string, Shape][] =>
  [...shape.members].filter(([, member]) => searchNames(member).size > 0),
);

/** Whether anything at or below a place of the schema is searched by one of these names. */
export const holdsAny = (shape: Shape, names: ReadonlySet<string>): boolean => {
  for (const name of searchNames(shape)) if (names.has(name)) return true;
  return false;
};
