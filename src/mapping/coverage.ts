import type { TSchema } from 'typebox';
import type { Place } from './compiled.ts';
import type { MappingOptions } from './mapping-options.ts';
import { itemSchema, wireMembers } from './wire-member.ts';

/**
 * Holds a mapping to its own words: every member of the wire schema is said by a rule, nothing that is said is called
 * omitted, and what the service alone says is never read. Throws an Error with the first that is not so.
 */
export const checkCoverage = (
  { contract, wire, omits, system }: MappingOptions,
  places: readonly Place[],
): void => {
  const fail = (what: string) => {
    throw new Error(`${contract}: ${what}`);
  };
  const said = places.map((place) => place.wire);
  for (const path of wireLeaves(wire)) {
    if (!said.some((one) => isWithin(path, one))) fail(`no rule says the wire member ${path}`);
  }
  for (const { canonical, readOnly } of places) {
    if (canonical === undefined) continue;
    if (omits.some((path) => isWithin(canonical, path))) fail(`${canonical} is said and called omitted`);
    if (!readOnly && system.some((name) => isWithin(canonical, name)))
      fail(`${canonical} has to be readOnly on the wire`);
  }
};

/** Whether a dotted path is that of a member or lies within it. */
const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`);

/** The dotted paths of a schema's leaves, without the places of items. */
const wireLeaves = (schema: TSchema, path = ''): string[] => {
  const item = itemSchema(schema);
  const members = wireMembers(schema) ?? (item && wireMembers(item));
  if (!members) return [path];
  return Object.entries(members).flatMap(([name, member]) =>
    wireLeaves(member, path === '' ? name : `${path}.${name}`),
  );
};
