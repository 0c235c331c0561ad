import { systemNames } from '../../customer/system-members.ts';
import { choices } from '../../mapping/codecs/choices.ts';
import { dayMonthYear } from '../../mapping/codecs/day-month-year.ts';
import { decimalNumber } from '../../mapping/codecs/decimal-number.ts';
import { defineMapping } from '../../mapping/define-mapping.ts';
import { constant, entries, field, list, own } from '../../mapping/rule.ts';
import { atMostBytes, someChoices } from './codecs.ts';
import { alwaysFlag, role, status } from './rules-with-defaults.ts';
import { wire } from './wire.ts';

const salutation = choices([
  ['mr', 'MR'],
  ['ms', 'MS'],
]);

const identity = list('identity', 'identifiers', {
  rules: [
    field(
      'idType',
      'type',
      someChoices(
        [
          ['id', 'ID'],
          ['passport', 'PASSPORT'],
          ['driverLicense', 'DRIVER_LICENSE'],
        ],
        ['other'],
      ),
    ),
    field('idNumber', 'value'),
  ],
});

const contact = list('contact', 'contacts', {
  rules: [
    field('id', 'id'),
    field('emailAddress', 'email'),
    field(
      'type',
      'type',
      choices([
        ['owner', 'OWNER'],
        ['member', 'MEMBER'],
      ]),
    ),
    role(),
    field('salutation', 'salutation', salutation),
    field('firstName', 'firstName'),
    field('middleName', 'middleName'),
    field('lastName', 'lastName'),
    identity,
    field(
      'gender',
      'gender',
      choices([
        ['male', 'MALE'],
        ['female', 'FEMALE'],
      ]),
    ),
    field('birthdate', 'birthDate', dayMonthYear),
    field('landlinePhoneNumber', 'landlinePhone'),
    field('mobilePhoneNumber', 'mobilePhone'),
    field('additionalPhoneNumber', 'additionalPhone'),
    field('picture', 'picture'),
    field('remarks', 'remarks'),
    field('isPrimary', 'primary'),
  ],
});

const addressTypes = choices([
  ['private', 'PRIVATE'],
  ['shipping', 'SHIPPING'],
  ['mailing', 'MAILING'],
]);

/** floLIVE has no billing, service or listing address: those of other contracts are none of its own. */
const seenPurposes: ReadonlySet<unknown> = new Set([undefined, null, 'private', 'shipping', 'mailing']);

const address = list('address', 'addresses', {
  only: (item) => seenPurposes.has(item['purpose']),
  rules: [
    field('id', 'id'),
    field('type', 'purpose', addressTypes),
    field('street', 'street'),
    field('buildingNumber', 'buildingNumber'),
    field('buildingName', 'buildingName'),
    field('buildingFloor', 'floor'),
    field('zipCode', 'postalCode'),
    field('apartmentNumber', 'apartment'),
    field('entrance', 'entrance'),
    field('city', 'city'),
    field('province', 'province'),
    field('state', 'state'),
    field('country', 'country'),
    field('pobox', 'poBox'),
    field('salutation', 'salutation', salutation),
    field('fullName', 'fullName'),
    field('title', 'title'),
    field('company', 'company'),
    field('emailAddress', 'email'),
    field('isPrimary', 'primary'),
  ],
});

/** Who is sent an e-mail and paper is sent an e-mail; who is sent nothing has no method. */
const deliveryMethod = someChoices(
  [
    ['email', 'EMAIL'],
    ['paper', 'POSTAL'],
    ['eInvoice', 'EDI'],
    ['emailAndPaper', 'EMAIL'],
  ],
  ['none'],
);

const invoiceConfiguration = [
  own('invoiceConfiguration.chargeByActive'),
  own('invoiceConfiguration.activityIndication'),
  own('invoiceConfiguration.deviceCost', decimalNumber),
  field('invoiceConfiguration.deliveryMethod', 'billing.method', deliveryMethod),
  own('invoiceConfiguration.paymentDueAfterInvoiceIssued'),
  own('invoiceConfiguration.paymentDueUnits'),
  own('invoiceConfiguration.vat', decimalNumber),
  own('invoiceConfiguration.invoiceText', atMostBytes(60)),
];

const type = choices(
  [
    ['person', 'PRIVATE'],
    ['organisation', 'BUSINESS'],
  ],
  { anyCase: true },
);

/** floLIVE's customer and the record. */
export const mapping = defineMapping({
  contract: 'flolive',
  wire,
  absent: 'null',
  system: systemNames,
  rules: [
    field('customerId', 'id'),
    status(),
    field('type', 'kind', type),
    field('name', 'name'),
    field('currency', 'billing.currency'),
    alwaysFlag('allowOfferDelegation', 'delegation.offers'),
    alwaysFlag('isAllowedImeiLock', 'delegation.imeiLock'),
    // Devices are locked in the network, which this service does not run.
    constant('isImeiLockEnabled', false),
    field('vatRegistrationNumber', 'identifiers.vatNumber'),
    contact,
    address,
    ...invoiceConfiguration,
    own('campaign'),
    entries('customFields', 'attributes', { key: 'keyName', value: 'keyValue' }),
    own('mfaConfiguration'),
  ],
  omits: [
    'accountNumber',
    'externalIds',
    'parentId',
    'nameExtension',
    'identifiers.nationalId',
    'identifiers.taxId',
    'identifiers.passport',
    'identifiers.reference',
    'birthDate',
    'email',
    'phone',
    'secondaryPhone',
    'smsNumbers',
    'locale',
    'language',
    'timeZone',
    'country',
    'contacts.title',
    'contacts.identifiers.country',
    'addresses.firstName',
    'addresses.middleInitial',
    'addresses.lastName',
    'addresses.attention',
    'addresses.phone',
    'addresses.line1',
    'addresses.line2',
    'addresses.postalCodeExtension',
    'addresses.region',
    'addresses.instructions',
    'addresses.createdAt',
    'billing.email',
    'billing.name',
    'billing.country',
    'billing.paymentProfileId',
    'billing.autoPay',
    'delegation.isParent',
    'consents',
    'cooperative',
    'registrationCode',
    'securityPin',
    'source',
    'activatedAt',
    'suspendedAt',
    'closedAt',
    'note',
    'metadata',
    'extensions.seamlessos',
    'extensions.keypro',
    'extensions.revio',
    'extensions.servitly',
    'protectionLevel',
  ],
});
