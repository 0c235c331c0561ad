/** What the body of one change may be: bytes unless `BODY_LIMIT_BYTES` says otherwise, levels and members always. */
export const bodyLimits = { maxBytes: 1_048_576, maxDepth: 32, maxMembers: 20_000 } as const;

/**
 * What a record may be: bytes of its JSON text, nested objects and arrays, members and items. A document that a read
 * gives says a little more than the record and can be sent back as it is, so these are a little less than a body's.
 */
export const recordLimits = {
  maxBytes: 1_000_000,
  maxDepth: bodyLimits.maxDepth,
  maxMembers: 19_900,
} as const;
