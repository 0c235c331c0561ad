import Type, { type TSchema } from 'typebox';
import { maskText } from '../../privacy/mask.ts';
import { mostInt32 } from '../../schema/int32.ts';
import { keyHeader, versionHeader } from '../change-headers.ts';
import type { Route } from '../contract.ts';
import { errorSchema } from './errors.ts';
import { protectedMembers } from './protection.ts';
import { wire } from './wire.ts';

/** The customer of a path. */
export const customerParams: Route['params'] = {
  id: {
    pattern: /^\d{1,10}$/,
    schema: Type.Integer({ minimum: 1, maximum: mostInt32 }),
    description: 'The id of the customer.',
  },
};

type Schema = Record<string, unknown>;

/** What is shown may be masked, and other contracts may have stored several e-mail addresses in one text. */
const shown = (name: string, schema: Schema): Schema => {
  const { format, ...rest } = schema;
  const plain = format === 'email' ? rest : schema;
  return protectedMembers.has(name)
    ? { anyOf: [plain, { const: maskText, description: 'Masked.' }], 'x-personal': true }
    : plain;
};

const members = Object.entries(wire.properties as unknown as Record<string, Schema>);

/** A customer as it is shown. Members that GDPR protects are left out where the caller may know nothing of them. */
export const customerSchema: TSchema = Type.Unsafe({
  title: 'Customer',
  type: 'object',
  properties: Object.fromEntries(members.map(([name, schema]) => [name, shown(name, schema)])),
  required: members.map(([name]) => name).filter((name) => !protectedMembers.has(name)),
  additionalProperties: false,
});

/** A part of a list, and where the parts beside it are. */
export const pageSchema = Type.Object(
  {
    Next: Type.Unsafe({ type: ['string', 'null'], description: 'The URL of the next part.' }),
    Prev: Type.Unsafe({ type: ['string', 'null'], description: 'The URL of the part before.' }),
    Results: Type.Array(customerSchema),
  },
  { additionalProperties: false, title: 'Part of a list' },
);

/** A small list. */
export const rowsSchema = Type.Array(
  Type.Object({ id: Type.Integer(), name: Type.String() }, { additionalProperties: false }),
  { title: 'Rows of a list' },
);

/** The headers of every change. */
export const changeHeaders: Route['headers'] = {
  ...versionHeader,
  ...keyHeader,
  'Customary-Reason': 'Why the change is made. Needed for protected members from restricted type 3 on.',
};

const refusal = (description: string) => ({ description, schema: errorSchema });

/** The refusals of a request that is not understood. */
export const badRequest: Route['replies'] = { 400: refusal('What is wrong, member by member') };

/** The refusals of every request that names a customer. */
export const notFound: Route['replies'] = { 404: refusal('The customer was not found') };

/** The refusals of every change. */
export const changeReplies: Route['replies'] = {
  ...badRequest,
  409: refusal('An idempotency key is in use, or the customer has sub-customers'),
  410: refusal('The stored reply of the idempotency key was erased'),
  412: refusal('The customer has another version'),
  413: refusal('The body is too large'),
  415: refusal('The content type is not supported'),
};
