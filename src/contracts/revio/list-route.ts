import Type from 'typebox';
import { mostInt32 } from '../../schema/int32.ts';
import type { Call, QueryParameter, Route } from '../contract.ts';
import type { MappedCustomer } from '../mapped-customer.ts';
import { integerQuery, invalidQuery } from '../query.ts';
import { filterNames, found, readSearch } from './filters.ts';
import { answer } from './reply.ts';
import { pageSchema, readReplies } from './schemas.ts';

/** The list of customers: filters, all of which must hold, and pages (https://developers.rev.io/docs/paging). */
export const listRoute = (customers: MappedCustomer): Route => ({
  id: 'listCustomers',
  method: 'GET',
  path: '/v1/Customers',
  summary: 'Search customers',
  scopes: ['customer:list'],
  params: {},
  query,
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: { 200: { description: 'A page of customers', schema: pageSchema }, ...readReplies },
  async handle(sent, door) {
    const call = withPlainNames(sent);
    const page = integerQuery(call, 'page', 1, mostPages, 1);
    const limit = integerQuery(call, 'page_size', 1, 500, 10);
    const search = await readSearch(call, door);
    const part = search && (await found(door, call.context, search, { offset: (page - 1) * limit, limit }));
    const all = part?.customers ?? [];
    const links = await door.reader.links(call.context, all);
    const body = {
      ok: true,
      has_more: part?.hasMore ?? false,
      record_count: all.length,
      records: all.map((customer) => customers.show(customer, call.context, links)),
    };
    return answer(200, body, call.header);
  },
});

const mostPages = 1_000_000;
const prefix = 'search.';

const text: QueryParameter['schema'] = Type.String();
const integer: QueryParameter['schema'] = Type.Integer({ format: 'int32', maximum: mostInt32 });

const parameters: Record<string, QueryParameter> = {
  page: { schema: Type.Integer({ minimum: 1, default: 1 }), description: 'Which page.' },
  page_size: {
    schema: Type.Integer({ minimum: 1, maximum: 500, default: 10 }),
    description: 'How many customers a page has.',
  },
  ...Object.fromEntries(
    filterNames.map((name) => [
      name,
      {
        schema: name.endsWith('_id') ? integer : text,
        description:
          name === 'bill_profile_id' ? 'As `finance.bill_profile_id`.' : `Those with this \`${name}\`.`,
      },
    ]),
  ),
  status: {
    schema: Type.String({ enum: ['OPEN', 'PENDING', 'CLOSED', 'PROSPECT'] }),
    description: 'Those with this `status`.',
  },
};

/** Every parameter by its name alone and with the prefix. */
const query: Route['query'] = Object.fromEntries(
  Object.entries(parameters).flatMap(([name, parameter]) => [
    [name, parameter],
    [prefix + name, { ...parameter, description: `The same as \`${name}\`.` }],
  ]),
);

/** The call with the prefix taken off its parameters. Throws Refusal `invalid-query` for one that is said both ways. */
const withPlainNames = (call: Call): Call => {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.query)) {
    const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    if (Object.hasOwn(plain, bare)) throw invalidQuery(bare, 'single', 'may be given once only');
    plain[bare] = value;
  }
  return { ...call, query: plain };
};
