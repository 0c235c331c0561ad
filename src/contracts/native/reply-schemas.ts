import Type, { type TSchema } from 'typebox';
import { customerData, customerSystem } from '../../customer/customer.ts';
import { maskText } from '../../privacy/mask.ts';
import type { Route } from '../contract.ts';
import { changeSchema } from './schemas.ts';

type Schema = Record<string, unknown>;

/** The schema with every personal member also as the text that stands for it where it is masked. */
const maskable = (schema: Schema): Schema => {
  if (schema['x-personal'] === true) return { anyOf: [schema, { const: maskText, description: 'Masked.' }] };
  const properties = schema['properties'] as Record<string, Schema> | undefined;
  const items = schema['items'] as Schema | undefined;
  return {
    ...schema,
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, maskable(one)]),
          ),
        }
      : {}),
    ...(items ? { items: maskable(items) } : {}),
  };
};

const whole = Type.Object(
  { ...customerSystem.properties, ...customerData.properties },
  { additionalProperties: false, title: 'Customer' },
);

/** A customer as the native API shows it: personal members may be masked or left out. */
export const customerSchema: TSchema = Type.Unsafe(maskable(whole as unknown as Schema));

/** A customer of which only some members are shown. */
export const someOfCustomer: TSchema = Type.Unsafe({
  ...(customerSchema as unknown as Schema),
  title: 'Some members of a customer',
  required: ['id', 'version'],
});

/** One that would be made has no id yet. */
const whatWouldBe = {
  ...(customerSchema as unknown as Schema),
  title: 'What it would be',
  required: ['version'],
};

const dryRunSchema = Type.Object(
  {
    dryRun: Type.Literal(true),
    changes: Type.Array(changeSchema),
    customer: Type.Unsafe({ anyOf: [whatWouldBe, { type: 'null' }] }),
  },
  { title: 'What a change would do' },
);

/** The answer to a dry run alone, where the change itself is answered otherwise. */
export const dryRunReply = { description: 'What the change would do (`dryRun`)', schema: dryRunSchema };

/** The answers to a change of a customer that stays. */
export const changedReplies = (description: string): Route['replies'] => ({
  200: {
    description: `${description}, or what the change would do (\`dryRun\`)`,
    schema: Type.Unsafe({ anyOf: [customerSchema, dryRunSchema] }),
  },
  204: { description: 'Done, with no body as was preferred (`return=minimal`)' },
});
