import Type from 'typebox';
import { splitOutsideQuotes } from '../../headers/list.ts';
import { mostInt32 } from '../../schema/int32.ts';
import type { Call, QueryParameter } from '../contract.ts';
import { integerQuery } from '../query.ts';

/** Which part of a list is wanted. */
interface Part {
  offset: number;
  limit: number;
}

/** How a part is asked for. */
export const partParameters: Record<string, QueryParameter> = {
  offset: {
    schema: Type.Integer({ minimum: 0, default: 0 }),
    description: 'How many customers to pass over.',
  },
  limit: {
    schema: Type.Integer({ minimum: -1, maximum: 1000, default: 100, not: { const: 0 } }),
    description: 'Most customers of the answer, from 1 to 1000; -1 is the maximum.',
  },
};

/** Reads `offset` and `limit`. Throws Refusal `invalid-query`. */
export const readPart = (call: Call): Part => ({
  offset: integerQuery(call, 'offset', 0, mostInt32, 0),
  limit: call.query['limit'] === '-1' ? mostLimit : integerQuery(call, 'limit', 1, mostLimit, 100),
});

const mostLimit = 1000;

/** The URLs of the parts after and before this one, null where there is none; the same question in all else. */
export const linksOf = (call: Call, { offset, limit }: Part, hasMore: boolean) => ({
  Next: hasMore ? partUrl(call, offset + limit) : null,
  Prev: offset > 0 ? partUrl(call, Math.max(0, offset - limit)) : null,
});

const partUrl = (call: Call, offset: number): string => {
  const query = new URLSearchParams(call.query);
  if (offset === 0) query.delete('offset');
  else query.set('offset', String(offset));
  const path = call.url.split('?', 1)[0] as string;
  const text = query.toString();
  return origin(call) + path + (text === '' ? '' : `?${text}`);
};

/** Where the caller found the service, also behind a proxy that says so; empty for a caller that does not say it. */
const origin = ({ header }: Call): string => {
  const host = header('host');
  if (!host) return '';
  // Each of several proxies adds what it was asked in; the first is the caller's.
  const [scheme] = splitOutsideQuotes(header('x-forwarded-proto') ?? '', ',');
  return `${scheme?.toLowerCase() === 'https' ? 'https' : 'http'}://${host}`;
};
