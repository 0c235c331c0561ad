import type { Shape } from '../schema/shape.ts';
import { personalShapes } from './disclosures.ts';
import { customerShape } from './record.ts';

/** The filters that the marks of the schema give, by name; `externalIds.<name>` and the like stand for any name. */
export const searchFilters: ReadonlyMap<string, SearchFilter> = (() => {
  const filters = new Map<string, SearchFilter>();
  const visit = (shape: Shape): void => {
    const { search, map, personal } = shape.marks;
    if (search) {
      const isPersonal = personal || filters.get(search.as)?.personal === true;
      filters.set(search.as, { by: search.by, map, personal: isPersonal });
    }
    if (shape.kind === 'group') for (const member of shape.members.values()) visit(member);
    if (shape.kind === 'list') visit(shape.item);
  };
  visit(customerShape);
  return filters;
})();

/** How a filter looks, and whether at any personal member. */
interface SearchFilter {
  by: 'exact' | 'phone' | 'words';
  map: boolean;
  personal: boolean;
}

/** Filters by name, all of which must hold; of several exact values of one, any. */
export type Filters = Record<string, string | readonly string[]>;

/** Whether one of the filters looks at personal members. */
export const namesPersonal = (filters: Filters): boolean =>
  Object.keys(filters).some((name) => searchFilters.get(name.split('.', 1)[0] as string)?.personal);

/** The personal members in which filters of these names look. */
export const personalMembersOf = (names: string[]): ReadonlySet<string> =>
  new Set([...personalShapes].flatMap(([name, shape]) => (isSearchedBy(shape, names) ? [name] : [])));

const isSearchedBy = (shape: Shape, names: string[]): boolean =>
  (shape.marks.search && names.includes(shape.marks.search.as)) ||
  (shape.kind === 'list' && [...shape.item.members.values()].some((part) => isSearchedBy(part, names)));
