import Type, { type Static } from 'typebox';
import { changeSchema } from './schemas.ts';

/** As many changes as one call may hold. */
export const mostChanges = 1000;

const itemSchema = Type.Object(
  {
    op: Type.Enum(['create', 'mergePatch', 'jsonPatch', 'replace', 'delete']),
    id: Type.Optional(Type.String({ format: 'uuid', description: 'The customer; not for `create`.' })),
    body: Type.Optional(Type.Unknown({ description: 'The customer or the patch; not for `delete`.' })),
    ifVersion: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The version that the change is meant for.' }),
    ),
    onConflict: Type.Optional(Type.Enum(['merge', 'refuse'])),
  },
  { additionalProperties: false },
);

/** One change of a batch as it is sent. */
export type BatchItem = Static<typeof itemSchema>;

/** What a batch is sent as. */
export const batchSchema = Type.Object(
  { changes: Type.Array(itemSchema, { minItems: 1, maxItems: mostChanges }) },
  { additionalProperties: false },
);

/** How each change ended. */
export const outcomeSchema = Type.Object({
  index: Type.Integer(),
  status: Type.Integer(),
  id: Type.Optional(Type.String({ format: 'uuid' })),
  version: Type.Optional(Type.Integer()),
  changes: Type.Optional(
    Type.Array(changeSchema, { description: 'With `dryRun`: what would change, each change for itself.' }),
  ),
  error: Type.Optional(Type.Unknown({ description: 'A problem document.' })),
});
