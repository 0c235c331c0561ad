import { systemNames } from '../../customer/system-members.ts';
import { choices } from '../../mapping/codecs/choices.ts';
import { defineMapping } from '../../mapping/define-mapping.ts';
import { field, list, own } from '../../mapping/rule.ts';
import { billingMethod } from './billing-method.ts';
import { country, currency, msisdn } from './codecs.ts';
import { contactEmail } from './contact-email.ts';
import { contactPerson, users } from './users.ts';
import { wire } from './wire.ts';

/** The members of an address, below a member of the wire or at its top. */
const addressFields = (at: string) => [
  field(`${at}street1`, 'line1'),
  field(`${at}street2`, 'line2'),
  field(`${at}city`, 'city'),
  field(`${at}zip`, 'postalCode'),
  field(`${at}country`, 'country', country),
  field(`${at}state`, 'state'),
  field(`${at}region`, 'region'),
  field(`${at}attention`, 'attention'),
];

const forPurpose = (purpose: string) => ({
  single: true as const,
  only: (item: { purpose?: unknown }) => item.purpose === purpose,
  defaults: { purpose },
});

const customerType = choices([
  ['person', 'CONSUMER'],
  ['organisation', 'BUSINESS'],
]);

/** SeamlessOS's customer and the record. */
export const mapping = defineMapping({
  contract: 'seamlessos',
  wire,
  absent: 'omit',
  system: systemNames,
  rules: [
    field('customerId', 'id'),
    field('customerType', 'kind', customerType),
    field('name', 'name'),
    field('identity', 'identifiers.nationalId'),
    field('preferredLocale', 'locale'),
    field('humanReadableId', 'humanReadableId'),
    contactEmail(),
    field('contact.msisdn', 'phone', msisdn),
    billingMethod(),
    field('billing.email', 'billing.email'),
    list('billing.address', 'addresses', { ...forPurpose('billing'), rules: addressFields('') }),
    field('billing.currency', 'billing.currency', currency),
    field('billing.defaultPaymentProfileId', 'billing.paymentProfileId'),
    field('billing.autoPay', 'billing.autoPay'),
    users(),
    own('contactPersonUserId'),
    contactPerson(),
    list('shipping', 'addresses', {
      ...forPurpose('shipping'),
      rules: [
        field('name', 'fullName'),
        field('msisdn', 'phone', msisdn),
        ...addressFields('address.'),
        field('instructions', 'instructions'),
      ],
    }),
    field('createdAt', 'createdAt'),
    field('updatedAt', 'updatedAt'),
    field('metadata', 'metadata'),
  ],
  omits: [
    'accountNumber',
    'externalIds',
    'parentId',
    'status',
    'nameExtension',
    'identifiers.taxId',
    'identifiers.vatNumber',
    'identifiers.passport',
    'identifiers.reference',
    'birthDate',
    'secondaryPhone',
    'smsNumbers',
    'language',
    'timeZone',
    'country',
    'contacts',
    'addresses.purpose',
    'addresses.primary',
    'addresses.salutation',
    'addresses.title',
    'addresses.firstName',
    'addresses.middleInitial',
    'addresses.lastName',
    'addresses.company',
    'addresses.email',
    'addresses.street',
    'addresses.buildingNumber',
    'addresses.buildingName',
    'addresses.floor',
    'addresses.apartment',
    'addresses.entrance',
    'addresses.poBox',
    'addresses.postalCodeExtension',
    'addresses.province',
    'addresses.createdAt',
    'billing.name',
    'billing.country',
    'delegation',
    'consents',
    'cooperative',
    'registrationCode',
    'securityPin',
    'source',
    'activatedAt',
    'suspendedAt',
    'closedAt',
    'note',
    'attributes',
    'extensions.flolive',
    'extensions.keypro',
    'extensions.revio',
    'extensions.servitly',
    'protectionLevel',
  ],
});
