import Type, { type TSchema } from 'typebox';
import { list, required, text } from '../../schema/field.ts';
import { reasonHeader, versionHeader } from '../change-headers.ts';
import type { Route } from '../contract.ts';
import { uuidParam } from '../uuid-param.ts';
import { wire } from './wire.ts';

const { customerType, name, identity, preferredLocale, contact, billing, shipping, ...others } =
  wire.properties;
const { contactPersonUserId, metadata } = others;

/** A customer always has a name: none takes it away. */
const aName: TSchema = Type.Optional(Type.Unsafe<string>({ ...required(name), minLength: 1 }));

const members = { name: aName, identity, preferredLocale, contact, billing, shipping };

/** What an update takes: these members and no other. */
export const updateSchema = Type.Object(members, { title: 'Update of a customer' });

/** The users of a new customer, by their ids. */
export const userIds = list(text(100, { description: 'A user' }), 100);

/** What a creation takes. */
export const createSchema: TSchema = Type.Unsafe({
  ...Type.Object({
    customerType: required(customerType),
    ...members,
    userIds,
    contactPersonUserId,
    metadata,
  }),
  title: 'New customer',
  required: ['customerType', 'name'],
});

/** What replaces the billing details. */
export const billingSchema: TSchema = required(billing);

/** The route that replaces the billing details: its errors name members of these. */
export const billingRouteId = 'replaceBilling';

/** The customer of a path. */
export const customerParams: Route['params'] = {
  customerId: uuidParam('The unique identifier of the customer.'),
};

/**
 * A schema of what is shown rather than sent: texts may be masked, and another contract may have stored longer ones, so
 * that only their type is promised. What is absent has no value.
 */
const shown = (schema: Schema): Schema => {
  const { format: _format, pattern: _pattern, maxLength: _maxLength, ...rest } = schema;
  const type = [rest.type ?? 'object'].flat().filter((one) => one !== 'null');
  const { properties, items, additionalProperties } = rest;
  const inner = {
    ...rest,
    type,
    ...(rest.enum ? { enum: rest.enum.filter((one) => one !== null) } : {}),
    ...(properties ? { properties: mapped(properties) } : {}),
    ...(items ? { items: shown(items) } : {}),
  };
  const isFree = additionalProperties === true;
  return isFree ? { anyOf: [inner, { type: 'string', description: 'Masked.' }] } : inner;
};

interface Schema {
  [keyword: string]: unknown;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

const mapped = (properties: Record<string, Schema>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).map(([member, schema]) => [member, shown(schema)]));

/** A customer, whole. */
export const customerSchema: TSchema = Type.Unsafe({
  ...shown(wire as unknown as Schema),
  title: 'Customer',
  required: ['customerId', 'humanReadableId', 'users', 'createdAt', 'updatedAt'],
});

const pagination = Type.Union([
  Type.Object(
    {
      total: Type.Integer({ description: 'How many customers match in all.' }),
      limit: Type.Integer(),
      offset: Type.Integer(),
      sort: Type.Object({ key: Type.Literal('createdAt'), direction: Type.Literal('asc') }),
    },
    { additionalProperties: false, title: 'By offset' },
  ),
  Type.Object(
    {
      nextCursor: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'The `cursor` of the next page; null when this is the last.',
      }),
    },
    { additionalProperties: false, title: 'By cursor' },
  ),
]);

/** A page of customers. */
export const pageSchema = Type.Object(
  { items: Type.Array(customerSchema), pagination },
  { additionalProperties: false, title: 'Page of customers' },
);

/** The headers of every change. */
export const changeHeaders: Route['headers'] = {
  'X-Idempotency-Key': {
    description:
      'Makes a retry safe: the same request under the same key gets the same reply for 24 hours; another one is refused.',
    schema: Type.String({ minLength: 1, maxLength: 256 }),
  },
  ...versionHeader,
  ...reasonHeader,
};

/** The refusals of every read. */
export const readReplies: Route['replies'] = {
  400: { description: 'The request is not valid' },
  404: { description: 'No such customer' },
};

/** The refusals of every change. */
export const changeReplies: Route['replies'] = {
  ...readReplies,
  409: { description: 'The idempotency key is in use or was used for another request' },
  410: { description: 'The stored reply of the idempotency key was erased' },
  412: { description: 'The customer has another version' },
  413: { description: 'The body is too large' },
  415: { description: 'The content type is not supported' },
};
