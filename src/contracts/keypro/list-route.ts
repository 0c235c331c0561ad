import Type from 'typebox';
import type { Customer } from '../../customer/customer.ts';
import { scanCustomers } from '../../customer/scan-customers.ts';
import { Refusal } from '../../errors.ts';
import { noLinks } from '../../mapping/links.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Call, QueryParameter, Route } from '../contract.ts';
import type { MappedCustomer } from '../mapped-customer.ts';
import { kindOf, valueSchema } from './filter-kinds.ts';
import { lookups, readFilters } from './filters.ts';
import { readOrder } from './order.ts';
import { linksOf, partParameters, readPart } from './part.ts';
import { protectedMembers, sightFor, withoutHidden } from './protection.ts';
import { jsonReply } from './reply.ts';
import { badRequest, pageSchema } from './schemas.ts';
import { wire } from './wire.ts';

/** Lists customers by the filter language of Keypro. Encrypted members are never compared where they are masked. */
export const listRoute = (customers: MappedCustomer): Route => ({
  id: 'listCustomers',
  method: 'GET',
  path: '/api/v2/customers/',
  summary: 'List customers; all filters must hold',
  scopes: ['customer:list'],
  params: {},
  query: { ...partParameters, orderby, ...memberParameters(), not__: negation },
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: { 200: { description: 'A part of the list', schema: pageSchema }, ...badRequest },
  async handle(call, door) {
    const { offset: _offset, limit: _limit, orderby: order, ...query } = call.query;
    const filters = readFilters(query);
    if (filters.faults.length > 0) throw new Refusal('invalid-query', { faults: filters.faults });
    const part = readPart(call);
    const documentOf = documents(customers, call);
    const { matches } = filters;
    const compare = readOrder(order);
    const found = await scanCustomers(door, call.context, {
      filters: filters.indexed,
      ...(matches ? { matches: (seen) => matches(documentOf(seen), isOpen(seen, call)) } : {}),
      ...(compare ? { compare: (one, other) => compare(documentOf(one), documentOf(other)) } : {}),
      ...part,
      total: false,
    });
    return jsonReply(200, {
      ...linksOf(call, part, found.hasMore),
      Results: found.customers.map((seen) => withoutHidden(documentOf(seen), sightFor(seen, call.context))),
    });
  },
});

const isOpen = (seen: Customer, { context }: Call): boolean => sightFor(seen, context) === 'show';

/** The document of each customer, made once however often it is looked at. */
const documents = ({ show }: MappedCustomer, { context }: Call) => {
  const made = new WeakMap<Customer, JsonObject>();
  return (seen: Customer): JsonObject => {
    const document = made.get(seen) ?? show(seen, context, noLinks);
    made.set(seen, document);
    return document;
  };
};

const orderby: QueryParameter = {
  schema: Type.String({ examples: ['-date_modified,customer_number'] }),
  description: 'Members to order by, separated by commas; `-` descends. Encrypted ones have no order.',
};

const negation: QueryParameter = {
  schema: Type.String(),
  description: 'Before any filter of a member that is not encrypted: what does not match it.',
  prefix: true,
};

/** Each member as a filter by itself, and before each of its lookups. */
function memberParameters(): Record<string, QueryParameter> {
  return Object.fromEntries(
    Object.keys(wire.properties).flatMap((member): [string, QueryParameter][] => {
      const encrypted = protectedMembers.has(member);
      const schema = encrypted ? Type.String() : valueSchema(member);
      const description = encrypted ? 'Exact match only: it is encrypted.' : 'Exact match.';
      const beside = encrypted ? 'Refused.' : `One of ${lookupsOf(member).join(', ')}.`;
      return [
        [member, { schema, description }],
        [`${member}__`, { schema: Type.String(), description: beside, prefix: true }],
      ];
    }),
  );
}

const lookupsOf = (member: string): string[] => {
  const { ordered, text } = kindOf(member);
  return ['isnull', ...(ordered ? lookups.ordered : []), ...(text ? lookups.text : [])];
};
