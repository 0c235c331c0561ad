import Type, { type TSchema } from 'typebox';
import { reasonHeader, versionHeader } from '../change-headers.ts';
import type { Route } from '../contract.ts';
import { uuidParam } from '../uuid-param.ts';
import { acknowledgedSchema, refusedSchema } from './reply.ts';
import { changeWire, creationWire, wire } from './wire.ts';

type Schema = Record<string, unknown>;

/** Bodies as the page has them: a list may be one object, and a list of numbers one number. */
const body = (schema: TSchema, required: readonly string[], description: string): TSchema => {
  const { properties } = schema as unknown as { properties: Record<string, Schema> };
  const orOne = Object.entries(properties)
    .filter(([, member]) => member['items'] !== undefined && member['readOnly'] !== true)
    .map(([name, member]) => [name, { anyOf: [member, member['items']] }]);
  return Type.Unsafe({
    type: 'object',
    description,
    properties: { ...properties, ...Object.fromEntries(orOne) },
    ...(required.length > 0 ? { required } : {}),
  });
};

/** What a modification takes. */
export const changeBody = {
  'application/json': body(
    changeWire,
    [],
    'Only the elements that change. An empty element (`""`, `null`, `[]`, `{}`) sets NULL. Each contact and address is named by its `id`; a contact needs its `role`.',
  ),
};

/** What a creation takes. */
export const creationBody = {
  'application/json': body(
    creationWire,
    ['status', 'currency'],
    'The new sub-customer. A contact needs its `role`.',
  ),
};

/**
 * A schema of what is shown rather than sent: texts may be masked, and other contracts may have stored others than
 * floLIVE takes, so that only their type is promised; the words of a closed list are told as examples.
 */
const shown = (schema: Schema): Schema => {
  const { format, pattern, maxLength, minimum, maximum, maxItems, enum: words, ...rest } = schema;
  const properties = rest['properties'] as Record<string, Schema> | undefined;
  const items = rest['items'] as Schema | undefined;
  return {
    ...rest,
    ...(Array.isArray(words) ? { examples: words.filter((word) => word !== null) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, shown(one)])),
        }
      : {}),
    ...(items ? { type: ['array', 'string', 'null'], items: shown(items) } : {}),
  };
};

const customer: TSchema = Type.Unsafe({
  ...shown(wire as unknown as Schema),
  title: 'Customer',
  required: [
    'customerId',
    'status',
    'currency',
    'allowOfferDelegation',
    'isAllowedImeiLock',
    'isImeiLockEnabled',
  ],
});

const uuid = Type.String({ format: 'uuid' });
const state = Type.String({ enum: ['OPEN', 'SUCCESS', 'FAILURE', 'INTERNAL_ERROR'] });
const reason = Type.Optional(Type.String({ description: 'Why a request ended as FAILURE.' }));

/** The schemas of the answers that are no refusals. */
export const answers = {
  customer: acknowledgedSchema(customer),
  changing: acknowledgedSchema(Type.Object({ requestId: uuid })),
  creating: acknowledgedSchema(Type.Object({ requestId: uuid, customerId: uuid })),
  status: acknowledgedSchema(Type.Object({ status: state, reason })),
  statusV3: acknowledgedSchema(Type.Object({ requestId: uuid, status: state, reason })),
};

const idParam = (description: string): Route['params'] => ({
  id: uuidParam(description),
});

/** The path of whatever is done to one customer. */
export const customerParams = idParam('The id of the customer.');

/** The path of a creation below another customer. */
export const parentParams = idParam('The id of the customer whose sub-customer it becomes.');

/** The path of asking how an accepted request ended. */
export const requestParams = idParam('The `requestId` that the ACK told.');

/** The headers of every change. */
export const changeHeaders: Route['headers'] = {
  ...versionHeader,
  'Idempotency-Key': 'Makes a retry safe: the same key and request give the same ACK for 24 hours.',
  ...reasonHeader,
};

const refusal = (description: string) => ({ description, schema: refusedSchema });

/** The refusals of every read. */
export const readReplies: Route['replies'] = {
  400: refusal('The request is not well-formed'),
  404: refusal('It does not exist, or not for the requester'),
};

/** The refusals of every change. */
export const changeReplies: Route['replies'] = {
  400: refusal('The request is not well-formed, or has a wrong value'),
  404: refusal('No such customer'),
  409: refusal('The idempotency key is in use'),
  410: refusal('The stored reply of the idempotency key was erased'),
  412: refusal('The customer has another version'),
  413: refusal('The body is too large'),
  415: refusal('The content type is not supported'),
};
