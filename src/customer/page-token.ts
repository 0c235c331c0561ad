import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';

/** The last row of a page: where the next one begins. */
export interface PageEnd {
  value: string;
  customerId: string;
}

/**
 * Makes the token of the next page. It is good for the same tenant and the same list alone: the query stands in its
 * seal, not in its text.
 */
export const pageToken = (tenant: Tenant, query: string, end: PageEnd): string => {
  const text = Buffer.from(JSON.stringify([end.value, end.customerId]));
  return `${text.toString('base64url')}.${sealOf(tenant, query, text).toString('base64url')}`;
};

/** Reads a page token. Throws Refusal `invalid-page-token` when it was not made for this tenant and list. */
export const readPageToken = (tenant: Tenant, query: string, token: string): PageEnd => {
  const [text = '', seal = ''] = token.split('.');
  const bytes = Buffer.from(text, 'base64url');
  const given = Buffer.from(seal, 'base64url');
  const right = sealOf(tenant, query, bytes);
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    const faults = [{ pointer: 'pageToken', rule: 'pageToken', detail: 'was not made for this list' }];
    throw new Refusal('invalid-page-token', { faults });
  }
  const [value, customerId] = JSON.parse(bytes.toString()) as [string, string];
  return { value, customerId };
};

const sealOf = (tenant: Tenant, query: string, text: Buffer): Buffer =>
  createHmac('sha256', tenant.secret)
    .update(createHash('sha256').update(query).digest())
    .update(text)
    .digest()
    .subarray(0, 16);
