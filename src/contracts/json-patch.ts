import Type, { type TSchema } from 'typebox';
import { recordLimits } from '../customer/record-limits.ts';

/** The media type of JSON Patch (RFC 6902). */
export const jsonPatchType = 'application/json-patch+json';

/** How much one JSON Patch may be, and may do. */
export const patchLimits = {
  maxOperations: 1000,
  maxDepth: recordLimits.maxDepth,
  maxBytes: recordLimits.maxBytes,
  maxMembers: 5 * recordLimits.maxMembers,
};

/** The schema of a JSON Patch; `path` is that of its pointers. */
export const jsonPatchSchema = (path: TSchema = Type.String()) =>
  Type.Array(
    Type.Object({
      op: Type.String({ enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] }),
      path,
      from: Type.Optional(Type.String()),
      value: Type.Optional(Type.Unknown()),
    }),
  );
