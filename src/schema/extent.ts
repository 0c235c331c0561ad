import type { Json, JsonObject } from './json.ts';

/**
 * The place in the value of the first object or array that is nested deeper than `maxDepth`; undefined where there is
 * none. `depth` is how many objects and arrays there are around the value. Never walks deeper than that.
 */
export const placeTooDeep = (value: Json, maxDepth: number, depth = 0): string[] | undefined => {
  if (!isContainer(value)) return undefined;
  if (depth >= maxDepth) return [];
  for (const name of Object.keys(value)) {
    const inner = placeTooDeep((value as Record<string, Json>)[name] as Json, maxDepth, depth + 1);
    if (inner) return [name, ...inner];
  }
  return undefined;
};

/** How many object members and array items there are in the value, at any depth. */
export const countMembers = (value: Json | undefined): number => {
  let count = 0;
  for (let parts = partsOf([value]); parts.length > 0; parts = partsOf(parts)) count += parts.length;
  return count;
};

/** How many objects and arrays are nested in each other. */
export const depthOf = (value: Json | undefined): number => {
  let depth = 0;
  for (
    let level = [value].filter(isContainer);
    level.length > 0;
    level = partsOf(level).filter(isContainer)
  ) {
    depth++;
  }
  return depth;
};

/** All members and items of values, level by level: a value may be deeper than the stack. */
const partsOf = (values: readonly (Json | undefined)[]): Json[] =>
  values.flatMap((value): Json[] => (isContainer(value) ? Object.values(value) : []));

const isContainer = (value: Json | undefined): value is Json[] | JsonObject =>
  typeof value === 'object' && value !== null;

/** The bytes of the value as JSON text in UTF-8. */
export const bytesIn = (value: Json | undefined): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
