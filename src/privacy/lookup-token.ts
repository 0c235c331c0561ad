import { createHmac } from 'node:crypto';

/** The index form of one searchable value: the same for equal values of a tenant's field, and telling nothing of them. */
export const lookupToken = (tenantSecret: Buffer, field: string, normalised: string): Buffer =>
  createHmac('sha256', tenantSecret)
    .update(fieldAndValue(field, normalised))
    .digest()
    .subarray(0, tokenBytes);

/**
 * A field and a value as one text, such that no two pairs give the same one: a field, whose end a client may have made up,
 * never holds the character that ends it.
 */
export const fieldAndValue = (field: string, value: string): string =>
  `${/[\0\x01]/.test(field) ? field.replace(/[\0\x01]/g, escaped) : field}\u0000${value}`;

const escaped = (character: string): string => (character === '\0' ? '\x010' : '\x011');

const tokenBytes = 16;
