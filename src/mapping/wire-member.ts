import type { TSchema } from 'typebox';
import type { Scope } from './compiled.ts';
import type { Path } from './path.ts';

/** A member of the wire schema; `readOnly` when it or something around it is set by the service alone. */
export const wireMember = (scope: Scope, path: Path): { schema: TSchema; readOnly: boolean } => {
  let schema = scope.schema;
  let readOnly = scope.readOnly;
  for (const name of path) {
    const members = (schema as unknown as Node).properties;
    const member = members && Object.hasOwn(members, name) ? members[name] : undefined;
    if (!member) throw new Error(`${scope.contract}: the wire schema has no ${scope.list}${path.join('.')}`);
    schema = member;
    readOnly ||= (member as unknown as Node).readOnly === true;
  }
  return { schema, readOnly };
};

/** The schema of the items of a wire list. */
export const itemSchema = (schema: TSchema): TSchema | undefined => (schema as unknown as Node).items;

/** The members of a wire object, by name; undefined for whatever else, a free map included. */
export const wireMembers = (schema: TSchema): Record<string, TSchema> | undefined =>
  (schema as unknown as Node).properties;

/** Whether the schema marks the member as set by the service alone. */
export const isReadOnly = (schema: TSchema): boolean => (schema as unknown as Node).readOnly === true;

interface Node {
  properties?: Record<string, TSchema>;
  items?: TSchema;
  readOnly?: boolean;
}
