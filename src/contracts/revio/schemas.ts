import Type, { type TSchema } from 'typebox';
import { mostInt32 } from '../../schema/int32.ts';
import { keyHeader, reasonHeader, versionHeader } from '../change-headers.ts';
import type { Route } from '../contract.ts';
import { jsonPatchSchema } from '../json-patch.ts';
import { errorSchema } from './errors.ts';
import { wire } from './wire.ts';

/** The customer of a path. */
export const customerParams: Route['params'] = {
  id: {
    pattern: /^[1-9]\d{0,9}$/,
    schema: Type.Integer({ format: 'int32', minimum: 1, maximum: mostInt32 }),
    description: 'The customer ID.',
  },
};

/** A JSON Patch (RFC 6902). */
export const patchSchema = jsonPatchSchema(Type.String({ examples: ['/fields/2/value'] }));

/** Bodies with a complete model. */
export const modelBody: Record<string, TSchema> = { 'application/json': wire, 'text/json': wire };

/**
 * A schema of what is shown rather than sent: texts may be masked, and another contract may have stored longer ones, so
 * that only their type is promised.
 */
const shown = (schema: TSchema): TSchema => {
  const { format, pattern, maxLength, ...rest } = schema as unknown as Record<string, unknown>;
  const properties = rest['properties'] as Record<string, TSchema> | undefined;
  const items = rest['items'] as TSchema | undefined;
  const inner = (all: Record<string, TSchema>) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, shown(one)]));
  return Type.Unsafe({
    ...rest,
    ...(properties ? { properties: inner(properties) } : {}),
    ...(items ? { items: shown(items) } : {}),
  });
};

const { properties: model } = shown(wire) as unknown as { properties: Record<string, unknown> };

const links = {
  type: 'array',
  items: {
    type: 'object',
    properties: { rel: { type: 'string' }, href: { type: 'string' } },
    required: ['rel', 'href'],
  },
};

const objectOf = (title: string, properties: Record<string, unknown>, required: string[]): TSchema =>
  Type.Unsafe({ title, type: 'object', properties, required, additionalProperties: false });

const ok = { type: 'boolean', const: true };
const id = { type: 'integer', format: 'int32' };

/** What a read answers. */
export const customerSchema = objectOf('Customer', { ok, ...model, links }, ['ok', 'customer_id', 'links']);

/** What a change answers. */
export const changedSchema = objectOf('Changed customer', { ok, id, ...model }, ['ok', 'id', 'customer_id']);

/** What a creation or a deletion answers. */
export const doneSchema = objectOf('Done', { ok, id }, ['ok', 'id']);

/** A page of a list. */
export const pageSchema = objectOf(
  'Page of customers',
  {
    ok,
    has_more: { type: 'boolean', description: 'Whether there are more than on this page.' },
    record_count: { type: 'integer', description: 'How many there are on this page.' },
    records: { type: 'array', items: objectOf('Customer', model, ['customer_id']) },
  },
  ['ok', 'has_more', 'record_count', 'records'],
);

/** The headers of every change. */
export const changeHeaders: Route['headers'] = {
  ...versionHeader,
  ...keyHeader,
  ...reasonHeader,
};

const refusal = (description: string) => ({ description, schema: errorSchema });

/** The refusals of every read. */
export const readReplies: Route['replies'] = {
  400: refusal('The request is not well-formed'),
  404: refusal('No such customer'),
  406: refusal('No acceptable media type'),
};

/** The refusals of every change. */
export const changeReplies: Route['replies'] = {
  400: refusal('The request is not well-formed, or the customer would not be valid'),
  404: refusal('No such customer'),
  406: refusal('No acceptable media type'),
  409: refusal('A value is taken, a key is in use, or the patch does not fit'),
  410: refusal('The stored reply of the idempotency key was erased'),
  412: refusal('The customer has another version'),
  413: refusal('The body is too large'),
  415: refusal('The content type is not supported'),
};
