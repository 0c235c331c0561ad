import Type from 'typebox';
import { choice, date, flag, group, instant, integer, list, text } from '../../schema/field.ts';
import { mostInt32 } from '../../schema/int32.ts';

const int32 = (marks: Parameters<typeof integer>[2] = {}) => integer(-mostInt32 - 1, mostInt32, marks);
const readOnly = { readOnly: true } as const;

const address = (label: string) =>
  group(
    {
      address_id: text(36, { ...readOnly, description: 'Names the address' }),
      first_name: text(200),
      middle_initial: text(20),
      last_name: text(200),
      company_name: text(300),
      line_1: text(300),
      line_2: text(300),
      city: text(200),
      state_or_province: text(200),
      postal_code: text(30),
      postal_code_extension: text(30),
      country_code: text(3, { pattern: '^[A-Z]{3}$', description: 'ISO 3166-1 alpha-3' }),
      created_date: instant(readOnly),
    },
    { label },
  );

const autoDebit = group({ enabled: flag(), day: integer(1, 31), payment_account_id: int32() });

const finance = group({
  bill_profile_id: int32(),
  billing_method: choice(['PRINT_ONLY', 'EMAIL_ONLY', 'BOTH', 'NONE']),
  balance_limit: amount(),
  balance_limit_enabled: flag(),
  collection_template_id: int32(),
  contract_start_date: instant(),
  contract_end_date: instant(),
  cycle_date: instant(),
  late_fees_enabled: flag(),
  payment_terms_days: integer(0, mostInt32),
  tax_exempt_enabled: flag(),
  tax_exempt_types: list(text(100), 100),
  usage_file_enabled: flag(),
  usage_file_format: text(200),
  payment_fees_enabled: flag(),
});

const profile = group({
  class: choice(['RESIDENTIAL', 'BUSINESS']),
  date_of_birth: date(),
  language: text(60),
  tax_id: text(100),
});

const customField = group({ field_id: int32(), label: text(200), value: text(2000) });

/** An amount of money: any number, exact as it was sent; one that would be rounded is refused (`exact-amounts.ts`). */
function amount() {
  const schema = { type: ['number', 'null'], minimum: -1e15, maximum: 1e15 };
  return Type.Optional(Type.Unsafe<number | null>(schema));
}

/**
 * Rev.io's customer: the complete model that its page "Update/Replace an existing customer" takes and its read gives.
 * The page's `ALL` is listed as a status there and refused, so it is none here.
 */
export const wire = Type.Object(
  {
    billing_address: address('Billing address'),
    service_address: address('Service address'),
    listing_address: address('Listing address'),
    customer_id: integer(1, mostInt32, readOnly),
    parent_customer_id: integer(1, mostInt32, { description: 'An existing customer' }),
    account_number: text(25),
    activated_date: instant(),
    agent_id: int32(),
    secondary_agent_id: int32({ description: 'Only with `agent_id`' }),
    close_date: instant(),
    created_by: int32(readOnly),
    created_date: instant(readOnly),
    updated_date: instant(readOnly),
    email: text(255, { format: 'email-list', description: 'E-mail addresses, separated by commas' }),
    is_parent: flag(),
    registration_code: text(20, { secret: true }),
    security_pin: text(50, { secret: true }),
    sold_by: int32(),
    source: text(200),
    status: choice(['OPEN', 'PENDING', 'CLOSED', 'PROSPECT']),
    auto_debit: autoDebit,
    finance,
    profile,
    fields: list(customField, 500),
    suspended: flag(),
    suspended_date: instant(),
    culture: text(35, { format: 'locale' }),
    auto_close: flag({ description: 'Closed when there are no active service products' }),
  },
  { additionalProperties: false },
);
