import type { Change } from '../schema/change.ts';
import { parsePointer } from '../schema/pointer.ts';
import { type Shape, shapeAt } from '../schema/shape.ts';
import { customerShape } from './record.ts';
import { allNames, searchNames } from './search-names.ts';

/** The search names whose tokens a change may move; a value that must be unique counts under a name of its own. */
export const movedNames = (changes: readonly Pick<Change, 'path'>[]): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { path } of changes) {
    const shape = shapeAt(customerShape, parsePointer(path));
    if (shape === undefined) return allNames;
    for (const name of searchNames(shape)) names.add(name);
    if (isSearched(shape) && names.size === 0) names.add(uniqueAlone);
    // How a phone number is dialled at home depends on the country of the record.
    if (path === '/country') names.add('phone');
  }
  return names;
};

const uniqueAlone = 'unique';

/** Whether anything at or below this place of the schema is searched or unique. */
export const isSearched = (shape: Shape): boolean => {
  if (shape.marks.search || shape.marks.unique) return true;
  if (shape.kind === 'group') return [...shape.members.values()].some(isSearched);
  return shape.kind === 'list' && isSearched(shape.item);
};
