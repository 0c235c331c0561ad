import Type from 'typebox';
import { customerData, customerSystem } from '../../customer/customer.ts';
import { exportForm } from '../../customer/export-customer.ts';

const at = (description: string) => Type.String({ format: 'date-time', description });
const maybeAt = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const named = Type.Object({
  id: Type.String({ format: 'uuid' }),
  number: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
});

const entry = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    recordedAt: at('When.'),
    principal: text(300),
    contract: text(100),
    operation: text(100),
    reason: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 4000 }),
    changes: Type.Array(
      Type.Object(
        {
          path: Type.String({ description: 'A JSON pointer; `id=…` names an item of a list.' }),
          before: Type.Optional(Type.Unknown({ description: 'Absent when the member was absent.' })),
          after: Type.Optional(Type.Unknown({ description: 'Absent when the member was absent after it.' })),
          at: Type.Optional(
            Type.Integer({ minimum: 0, description: 'The place of an item that was added.' }),
          ),
          was: Type.Optional(Type.Integer({ minimum: 0, description: 'The place of one that was removed.' })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** What an import reads. */
const taken = {
  format: Type.Literal(exportForm.format),
  formatVersion: Type.Literal(exportForm.formatVersion),
  customer: Type.Object(
    { ...customerSystem.properties, ...customerData.properties },
    { additionalProperties: false, title: 'Whole customer', description: 'The record, with nothing hidden.' },
  ),
  deletedAt: maybeAt('Since when the customer is deleted.'),
  history: Type.Array(entry, { minItems: 1, description: 'Every change, the oldest first.' }),
};

/** What an export tells beside it. */
const told = {
  exportedAt: at('When the export was made.'),
  tenant: Type.String(),
  requests: Type.Array(Type.Object({ id: Type.String(), createdAt: at('When it was accepted.') }), {
    description: 'Changes that were accepted to be made later, with what was sent.',
  }),
  accesses: Type.Array(Type.Object({ id: Type.String(), occurredAt: at('When.') }), {
    description: 'Who was shown or changed what at protection level 3 or 4, as `…/accesses` tells it.',
  }),
  subCustomers: Type.Array(named),
  parent: Type.Unsafe({ anyOf: [named, { type: 'null' }] }),
  restriction: Type.Unsafe({
    type: ['object', 'null'],
    description: 'A restriction of processing (GDPR Art. 18), as `…/restriction` tells it.',
  }),
  erasure: Type.Unsafe({
    type: ['object', 'null'],
    description: 'The newest erasure that was asked for (GDPR Art. 17), as `…/erasure` tells it.',
  }),
  legalHold: Type.Object(
    { held: Type.Boolean(), entries: Type.Array(Type.Object({ event: Type.String() })) },
    { description: 'Legal holds, as `…/legal-hold` tells them.' },
  ),
  retention: Type.Array(
    Type.Object({ kind: Type.String(), days: Type.Unsafe<number | null>({ type: ['integer', 'null'] }) }),
    { description: 'How long each kind of data is kept.' },
  ),
  replies: Type.Array(
    Type.Object({ status: Type.Integer(), createdAt: at('Since when.'), until: at('Until when.') }),
    { description: 'Replies that idempotency keys keep: that they are there, not what they say.' },
  ),
  recipients: Type.Object(
    {
      contracts: Type.Array(Type.Object({ contract: Type.String(), changes: Type.Integer() })),
      webhooks: Type.Array(Type.Object({ id: Type.String(), host: Type.String() })),
    },
    { description: 'Who changed the record through which contract, and which systems are told of changes.' },
  ),
};

/** Everything that is held of a customer (GDPR Art. 15 and 20). */
export const exportSchema = Type.Object(
  { ...taken, ...told },
  { additionalProperties: false, title: 'Export of a customer' },
);

/** The same as a body: what an import does not take over may be left out. */
export const importSchema = Type.Object(
  {
    ...taken,
    deletedAt: Type.Optional(taken.deletedAt),
    ...Object.fromEntries(Object.entries(told).map(([name, schema]) => [name, Type.Optional(schema)])),
  },
  { additionalProperties: false, title: 'Customer to import' },
);
