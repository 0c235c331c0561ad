import Type from 'typebox';
import { integer, text, textMap } from '../../schema/field.ts';

/** Milliseconds since 1970 that the service alone says. The vendor has 64 bits; JSON numbers are exact to 53. */
const timestamp = (description: string) =>
  integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, { readOnly: true, description });

/** Servitly's customer: the bean that its page "Update a customer" takes and gives. */
export const wire = Type.Object(
  {
    id: text(36, { readOnly: true, description: 'Names the customer' }),
    name: text(300, { description: 'A personal or a business name' }),
    country: text(100, { description: 'Where the customer belongs' }),
    timezone: text(64, { format: 'time-zone', description: 'IANA time zone, e.g. `Europe/Rome`' }),
    properties: textMap(200, 2000, { description: 'Further details by free names' }),
    creationTimestamp: timestamp('When the customer was made, in milliseconds since 1970'),
    firstAccessTimestamp: timestamp('First login of a user of the customer, in milliseconds since 1970'),
    lastAccessTimestamp: timestamp('Last login of a user of the customer, in milliseconds since 1970'),
  },
  { additionalProperties: false },
);
