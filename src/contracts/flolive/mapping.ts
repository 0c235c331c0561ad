import { systemNames } from '../../customer/system-members.ts';
import { choices } from '../../mapping/codecs/choices.ts';
import { decimalNumber } from '../../mapping/codecs/decimal-number.ts';
import { defineMapping } from '../../mapping/define-mapping.ts';
import { constant, entries, field, own } from '../../mapping/rule.ts';
import { addresses } from './addresses.ts';
import { atMostBytes, someChoices } from './codecs.ts';
import { contacts } from './contacts.ts';
import { alwaysFlag, status } from './rules-with-defaults.ts';
import { wire } from './wire.ts';

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
    contacts,
    addresses,
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
