import type { TSchema } from 'typebox';
import type { Search } from './field.ts';

/**
 * A schema seen as a tree of members with their marks: what the walkers for splitting, masking, searching and
 * ordering work on. `leaf` is a value taken as a whole, a free map or a plain list included.
 */
export type Shape =
  | { kind: 'leaf'; marks: ShapeMarks }
  | { kind: 'group'; marks: ShapeMarks; members: ReadonlyMap<string, Shape> }
  | { kind: 'list'; marks: ShapeMarks; item: Shape & { kind: 'group' } };

/** The marks of one member, with what it inherits from the members around it. */
interface ShapeMarks {
  personal: boolean;
  secret: boolean;
  unique: boolean;
  /** Free names with values, each searched under the name of the member and its own. */
  map: boolean;
  search: Search | undefined;
}

/** Reads the shape of a schema made with the field language. */
export const shapeOf = (schema: TSchema, inherited: Partial<ShapeMarks> = {}): Shape => {
  const node = schema as unknown as Record<string, unknown>;
  const marks: ShapeMarks = {
    personal: inherited.personal === true || node['x-personal'] === true,
    secret: inherited.secret === true || node['x-secret'] === true,
    unique: node['x-unique'] === true,
    map: typeof node['additionalProperties'] === 'object',
    search: node['x-search'] as Search | undefined,
  };
  const members = node['properties'] as Record<string, TSchema> | undefined;
  if (members) {
    const shapes = Object.entries(members).map(([name, member]) => [name, shapeOf(member, marks)] as const);
    return { kind: 'group', marks, members: new Map(shapes) };
  }
  const items = node['items'] as TSchema | undefined;
  const item = items && shapeOf(items, marks);
  return item?.kind === 'group' ? { kind: 'list', marks, item } : { kind: 'leaf', marks };
};

/** True when the member itself or anything in it is a person's data. */
export const holdsPersonal = (shape: Shape): boolean =>
  shape.marks.personal || parts(shape).some((part) => holdsPersonal(part));

/** The shape at a path of member names, list items being named by any segment; undefined where the path leaves the schema. */
export const shapeAt = (shape: Shape, segments: readonly string[]): Shape | undefined => {
  const [first, ...rest] = segments;
  if (first === undefined) return shape;
  if (shape.kind === 'leaf') return shape;
  const next = shape.kind === 'list' ? shape.item : shape.members.get(first);
  return next && shapeAt(next, rest);
};

const parts = (shape: Shape): Shape[] =>
  shape.kind === 'group' ? [...shape.members.values()] : shape.kind === 'list' ? [shape.item] : [];
