import { systemNames } from '../../customer/system-members.ts';
import { choices } from '../../mapping/codecs/choices.ts';
import { countryAlpha3 } from '../../mapping/codecs/country-codes.ts';
import { customerNumber } from '../../mapping/codecs/customer-number.ts';
import { defineMapping } from '../../mapping/define-mapping.ts';
import { field, list, own } from '../../mapping/rule.ts';
import { status } from './status.ts';
import { wire } from './wire.ts';

/** The one address of the record that has a purpose, as an object of the wire. */
const address = (member: string, purpose: string) =>
  list(member, 'addresses', {
    single: true,
    only: (item) => item['purpose'] === purpose,
    defaults: { purpose },
    rules: [
      field('address_id', 'id'),
      field('first_name', 'firstName'),
      field('middle_initial', 'middleInitial'),
      field('last_name', 'lastName'),
      field('company_name', 'company'),
      field('line_1', 'line1'),
      field('line_2', 'line2'),
      field('city', 'city'),
      field('state_or_province', 'state'),
      field('postal_code', 'postalCode'),
      field('postal_code_extension', 'postalCodeExtension'),
      field('country_code', 'country', countryAlpha3),
      field('created_date', 'createdAt'),
    ],
  });

/** What nobody but Rev.io says of an account's money. */
const finance = [
  'bill_profile_id',
  'balance_limit',
  'balance_limit_enabled',
  'collection_template_id',
  'contract_start_date',
  'contract_end_date',
  'cycle_date',
  'late_fees_enabled',
  'payment_terms_days',
  'tax_exempt_enabled',
  'tax_exempt_types',
  'usage_file_enabled',
  'usage_file_format',
  'payment_fees_enabled',
].map((name) => own(`finance.${name}`));

/** An e-invoice is neither printed nor mailed, so for Rev.io there is none. */
const billingMethod = choices([
  ['paper', 'PRINT_ONLY'],
  ['email', 'EMAIL_ONLY'],
  ['emailAndPaper', 'BOTH'],
  ['none', 'NONE'],
  ['eInvoice', 'NONE'],
]);

const customerClass = choices([
  ['person', 'RESIDENTIAL'],
  ['organisation', 'BUSINESS'],
]);

/** Rev.io's customer and the record. */
export const mapping = defineMapping({
  contract: 'revio',
  wire,
  absent: 'null',
  system: systemNames,
  rules: [
    address('billing_address', 'billing'),
    address('service_address', 'service'),
    address('listing_address', 'listing'),
    field('customer_id', 'number'),
    field('parent_customer_id', 'parentId', customerNumber),
    field('account_number', 'accountNumber'),
    field('activated_date', 'activatedAt'),
    own('agent_id'),
    own('secondary_agent_id'),
    field('close_date', 'closedAt'),
    own('created_by'),
    field('created_date', 'createdAt'),
    field('updated_date', 'updatedAt'),
    field('email', 'email'),
    field('is_parent', 'delegation.isParent'),
    field('registration_code', 'registrationCode'),
    field('security_pin', 'securityPin'),
    own('sold_by'),
    field('source', 'source'),
    status(),
    own('auto_debit.enabled'),
    own('auto_debit.day'),
    own('auto_debit.payment_account_id'),
    field('finance.billing_method', 'billing.method', billingMethod),
    ...finance,
    field('profile.class', 'kind', customerClass),
    field('profile.date_of_birth', 'birthDate'),
    field('profile.language', 'language'),
    field('profile.tax_id', 'identifiers.taxId'),
    own('fields'),
    field('suspended_date', 'suspendedAt'),
    field('culture', 'locale'),
    own('auto_close'),
  ],
  omits: [
    'externalIds',
    'name',
    'nameExtension',
    'identifiers.nationalId',
    'identifiers.vatNumber',
    'identifiers.passport',
    'identifiers.reference',
    'phone',
    'secondaryPhone',
    'smsNumbers',
    'timeZone',
    'country',
    'contacts',
    'addresses.purpose',
    'addresses.primary',
    'addresses.salutation',
    'addresses.title',
    'addresses.fullName',
    'addresses.attention',
    'addresses.email',
    'addresses.phone',
    'addresses.street',
    'addresses.buildingNumber',
    'addresses.buildingName',
    'addresses.floor',
    'addresses.apartment',
    'addresses.entrance',
    'addresses.poBox',
    'addresses.province',
    'addresses.region',
    'addresses.instructions',
    'billing.email',
    'billing.name',
    'billing.country',
    'billing.currency',
    'billing.paymentProfileId',
    'billing.autoPay',
    'delegation.offers',
    'delegation.imeiLock',
    'consents',
    'cooperative',
    'note',
    'attributes',
    'metadata',
    'extensions.seamlessos',
    'extensions.flolive',
    'extensions.keypro',
    'extensions.servitly',
    'protectionLevel',
  ],
});
