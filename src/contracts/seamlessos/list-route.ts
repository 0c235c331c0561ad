import Type from 'typebox';
import { pageToken, readPageToken } from '../../customer/page-token.ts';
import { scanCustomers } from '../../customer/scan-customers.ts';
import type { Call, Route } from '../contract.ts';
import { integerQuery, invalidQuery } from '../query.ts';
import { readFilter } from './filters.ts';
import { answer } from './reply.ts';
import { pageSchema, readReplies } from './schemas.ts';
import { showSeen } from './view.ts';

/** The list of customers, in the order of their creation: by offset and counted, or from cursor to cursor. */
export const listRoute: Route = {
  id: 'listCustomers',
  method: 'GET',
  path: '/customers',
  summary: 'List customers',
  scopes: ['customer:list'],
  params: {},
  query: {
    filter: {
      schema: Type.String({ examples: ['contact.email==ada@example.com;customerType==CONSUMER'] }),
      description:
        'Conditions `property==value`, separated by `;`, all of which must hold; or a text: an e-mail address, a phone number with `+`, a human-readable id, an identity, or words of a name.',
    },
    limit: {
      schema: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
      description: 'How many customers a page has at most.',
    },
    offset: {
      schema: Type.Integer({ minimum: 0, default: 0 }),
      description: 'How many customers are left out before the page.',
    },
    cursor: {
      schema: Type.String(),
      description: '`nextCursor` of the page before; empty for the first page. Instead of `offset`.',
    },
  },
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: {
    200: { description: 'A page of customers', schema: pageSchema },
    400: readReplies[400] as never,
  },
  handle(call, door) {
    const limit = integerQuery(call, 'limit', 1, 1000, 100);
    const search = readFilter(call.query['filter']);
    return call.query['cursor'] === undefined ? byOffset() : byCursor(call.query['cursor']);

    async function byOffset() {
      const offset = integerQuery(call, 'offset', 0, mostOffset, 0);
      const { customers, total } = await scanCustomers(door, call.context, {
        ...search,
        offset,
        limit,
        total: true,
      });
      const sort = { key: 'createdAt', direction: 'asc' };
      return answer(200, {
        items: customers.map(showSeen),
        pagination: { total: total as number, limit, offset, sort },
      });
    }

    async function byCursor(cursor: string) {
      if (call.query['offset'] !== undefined)
        throw invalidQuery('offset', 'dependency', 'is not for lists by cursor');
      const { tenant } = call.context;
      const asked = listOf(call);
      const { customers, hasMore } = await scanCustomers(door, call.context, {
        ...search,
        ...(cursor === '' ? {} : { after: readPageToken(tenant, asked, cursor) }),
        offset: 0,
        limit,
        total: false,
      });
      const last = hasMore ? customers.at(-1) : undefined;
      const end = last && { value: String(last.number), customerId: last.id };
      return answer(200, {
        items: customers.map(showSeen),
        pagination: { nextCursor: end ? pageToken(tenant, asked, end) : null },
      });
    }
  },
};

const mostOffset = 1_000_000_000;

/** What a cursor belongs to: the same filter, and what the same caller sees. */
const listOf = ({ query, context }: Call): string =>
  JSON.stringify(['seamlessos', query['filter'] ?? '', context.principal.customerId]);
