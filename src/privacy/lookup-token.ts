import { createHmac } from 'node:crypto';

/** The index form of one searchable value: the same for equal values of a tenant's field, and telling nothing of them. */
export const lookupToken = (tenantSecret: Buffer, field: string, normalised: string): Buffer =>
  createHmac('sha256', tenantSecret).update(`${field}\u0000${normalised}`).digest().subarray(0, tokenBytes);

const tokenBytes = 16;
