import Type from 'typebox';
import { date, decimal, flag, instant, integer, list, text } from '../../schema/field.ts';
import { mostInt32 } from '../../schema/int32.ts';
import { languages, restrictedTypes, statuses, types } from './small-lists.ts';

const rowId = (rows: readonly unknown[], description: string) => integer(1, rows.length, { description });
const foreignId = (description: string) => integer(0, Number.MAX_SAFE_INTEGER, { description });
const phone = (description: string) => text(50, { description });

/**
 * Keypro's customer, of its page "Update partial customer data". The page's descriptions are public and its names are
 * not: the names stand for the descriptions, in the page's order.
 */
export const wire = Type.Object(
  {
    address: foreignId('Id of the address'),
    language: rowId(languages, 'Id in `/languages/`'),
    restricted_type: rowId(
      restrictedTypes,
      'Id in `/restricted-types/`: how the members that GDPR protects are protected. Null leaves it as it is.',
    ),
    status: rowId(statuses, 'Id in `/customer-statuses/`'),
    type: rowId(types, 'Id in `/customer-types/`'),
    apartment: foreignId('Id of the apartment'),
    coop_date: date({ description: 'Member of the cooperative since' }),
    coop_member: flag({ description: 'Whether a member of the cooperative' }),
    coop_reimbursement_date: date({ description: 'When the cooperative reimbursed' }),
    coop_sum: decimal({ description: 'Sum of the cooperative, a decimal as text' }),
    country: text(100),
    customer_email: text(255, { format: 'email', description: 'E-mail address' }),
    customer_name: text(300),
    customer_name_ext: text(300, { description: 'Extension of the name' }),
    customer_number: text(25, { description: 'No two customers have the same' }),
    customer_phone: phone('Primary phone number'),
    date_modified: instant({ readOnly: true }),
    id: integer(1, mostInt32, { readOnly: true, description: 'Primary key' }),
    identification: text(200),
    invoice_country: text(100),
    invoice_name: text(300),
    is_editable_by_customer: flag({ description: 'Whether the customer may edit it' }),
    is_sms_disabled: flag({ description: 'True: no SMS is sent' }),
    note: text(10_000),
    secondary_phone: phone('Secondary phone number'),
    sms_numbers: list(text(50), 2, { description: 'At most two numbers for SMS' }),
    ssn_or_business_id: text(100, { description: 'Personal or business id' }),
    water_database_id: foreignId('Id in the water database'),
  },
  { additionalProperties: false },
);
