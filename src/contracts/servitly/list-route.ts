import Type from 'typebox';
import { scanCustomers } from '../../customer/scan-customers.ts';
import { noLinks } from '../../mapping/links.ts';
import type { QueryParameter, Route } from '../contract.ts';
import type { MappedCustomer } from '../mapped-customer.ts';
import { integerQuery } from '../query.ts';
import { fields, propertyPrefix } from './fields.ts';
import { criteriaOf } from './filters.ts';
import { sortOf } from './order.ts';
import { reply } from './reply.ts';
import { badRequest, customerSchema, tenantHeaders } from './schemas.ts';

/** The vendor's page "Get all customers": conditions that must all hold, sorted, page by page. */
export const listRoute = (customers: MappedCustomer): Route => ({
  id: 'getAllCustomers',
  method: 'GET',
  path: '/v2/network/customers',
  summary: 'Get all customers that meet every condition',
  scopes: ['customer:list'],
  params: {},
  query,
  headers: tenantHeaders,
  body: null,
  bodyLimit: 'change',
  replies: {
    200: { description: 'A page of customers', schema: pageSchema },
    ...badRequest,
  },
  async handle(call, door) {
    const size = integerQuery(call, 'size', 1, mostSize, 20);
    const number = integerQuery(call, 'page', 0, mostPage, 0);
    const sort = sortOf(call.query['sort']);
    const found = await scanCustomers(door, call.context, {
      ...criteriaOf(call.query),
      ...(sort ? { compare: sort.compare } : {}),
      offset: number * size,
      limit: size,
      total: true,
    });
    const { total = 0 } = found;
    const content = found.customers.map((one) => customers.show(one, call.context, noLinks));
    const totalPages = Math.ceil(total / size);
    return reply(200, {
      content,
      first: number === 0,
      last: number + 1 >= totalPages,
      totalPages,
      totalElements: total,
      sort: sort?.text ?? null,
      numberOfElements: content.length,
      size,
      number,
    });
  },
});

const mostSize = 1000;
const mostPage = 1_000_000;

const condition = (what: string): QueryParameter => ({
  schema: Type.String(),
  description: `Condition on ${what}: \`eq;FooBar\`, or with another predicate in the place of \`eq\`.`,
});

const query: Route['query'] = {
  searchText: {
    schema: Type.String(),
    description:
      'Text to search in `searchField`: `foo*`, `*foo*`, `*foo`, or the whole value; any letter case.',
  },
  searchField: { schema: Type.String(), description: 'The field in which `searchText` is searched.' },
  ...Object.fromEntries(
    Object.keys(fields).map((name) => [
      name,
      condition(name === 'code' ? 'the code, which is the account number' : `\`${name}\``),
    ]),
  ),
  [propertyPrefix]: { ...condition('the property of the name'), prefix: true },
  size: {
    schema: Type.Integer({ minimum: 1, maximum: mostSize, default: 20 }),
    description: 'How many customers a page has.',
  },
  page: {
    schema: Type.Integer({ minimum: 0, maximum: mostPage, default: 0 }),
    description: 'Which page, from 0 on.',
  },
  sort: {
    schema: Type.String(),
    description: 'The order: `name,ASC`. Further ones decide where the former say the same.',
    several: true,
  },
};

const pageSchema = Type.Object({
  content: Type.Array(customerSchema),
  first: Type.Boolean({ description: 'Whether this is the first page.' }),
  last: Type.Boolean({ description: 'Whether this is the last page.' }),
  totalPages: Type.Integer(),
  totalElements: Type.Integer(),
  sort: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The order of the list, as `sort` says it.',
  }),
  numberOfElements: Type.Integer({ description: 'How many customers this page has.' }),
  size: Type.Integer({ description: 'How many it may have.' }),
  number: Type.Integer({ description: 'Which page this is, from 0 on.' }),
});
