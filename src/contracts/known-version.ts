import type { Customer } from '../customer/customer.ts';
import type { Reply } from '../customer/operation.ts';
import { entityTag, readIfNoneMatch } from '../headers/entity-tag.ts';
import type { Call, Route } from './contract.ts';

/** What a route has that reads one customer, in every contract. */
export const readingOne = {
  method: 'GET',
  scopes: ['customer:read'],
  query: {},
  headers: { 'If-None-Match': 'Answer 304 when the customer still has this entity tag.' },
  body: null,
  bodyLimit: 'change',
} as const satisfies Partial<Route>;

/** The reply without a body of such a route. */
export const knownReply: Route['replies'] = {
  304: { description: 'The customer still has the known version (`If-None-Match`)' },
};

/**
 * The answer to a read of a customer with its entity tag; 304 without a body where the caller has this version already
 * (`If-None-Match`, RFC 9110 section 13.1.2). `render` gets the header to answer with. Throws Refusal `invalid-header`.
 */
export const unlessKnown = (
  call: Call,
  customer: Customer,
  render: (headers: { etag: string }) => Reply,
): Reply => {
  const headers = { etag: entityTag(customer.version) };
  const known = readIfNoneMatch(call.header('if-none-match'));
  const unchanged =
    known.kind === 'any' || (known.kind === 'versions' && known.versions.includes(customer.version));
  return unchanged ? { status: 304, headers, body: '' } : render(headers);
};
