import Type from 'typebox';
import { choice, flag, group, integer, list, type Marks, text } from '../../schema/field.ts';
import { mostInt32 } from '../../schema/int32.ts';

const salutation = () => choice(['MR', 'MS']);
const emailAddress = () => text(320, { format: 'email' });
const isPrimary = () =>
  flag({ description: 'One item of the list is primary: setting it unsets the other.' });
const id = (marks: Marks) => text(36, { format: 'uuid', description: 'Names the item', ...marks });

const contact = (ids: Marks) =>
  group({
    id: id(ids),
    emailAddress: emailAddress(),
    type: choice(['OWNER', 'MEMBER']),
    role: choice(['SELFCARE', 'NONE'], { description: 'May enter the self-care application' }),
    salutation: salutation(),
    firstName: text(200),
    middleName: text(200),
    lastName: text(200),
    identity: list(group({ idType: choice(['ID', 'PASSPORT', 'DRIVER_LICENSE']), idNumber: text(100) }), 20),
    gender: choice(['MALE', 'FEMALE']),
    birthdate: text(8, { description: 'DDMMYYYY' }),
    landlinePhoneNumber: text(50, { description: 'Mandatory without `mobilePhoneNumber`' }),
    mobilePhoneNumber: text(50, {
      pattern: '^\\+[1-9]\\d{1,14}$',
      description: 'E.164; mandatory without `landlinePhoneNumber`',
    }),
    additionalPhoneNumber: text(50),
    picture: text(2000),
    remarks: text(4000),
    isPrimary: isPrimary(),
  });

const address = (ids: Marks) =>
  group({
    id: id(ids),
    type: choice(['PRIVATE', 'SHIPPING', 'MAILING']),
    street: text(300),
    buildingNumber: text(50),
    buildingName: text(200),
    buildingFloor: text(50),
    zipCode: text(30),
    apartmentNumber: text(50),
    entrance: text(50),
    city: text(200),
    province: text(200),
    state: text(200),
    country: text(60),
    pobox: text(50),
    salutation: salutation(),
    fullName: text(300),
    title: choice(['DR', 'PROF']),
    company: text(300),
    emailAddress: emailAddress(),
    isPrimary: isPrimary(),
  });

/** An exact decimal: a number, or a text for one that has more digits than a number keeps. */
const decimal = (constraint: object, description: string) =>
  Type.Optional(
    Type.Unsafe<number | string | null>({ type: ['number', 'string', 'null'], ...constraint, description }),
  );

const invoiceConfiguration = () =>
  group({
    chargeByActive: choice(['SIM', 'IMSI']),
    activityIndication: choice(['NETWORK_REGISTRATION', 'DATA_CONSUMPTION']),
    deviceCost: decimal({ pattern: '^-?\\d+(\\.\\d+)?$' }, 'Cost of the active device'),
    deliveryMethod: choice(['EMAIL', 'POSTAL', 'EDI']),
    paymentDueAfterInvoiceIssued: integer(0, mostInt32),
    paymentDueUnits: choice(['DAYS'], { description: 'Mandatory with `paymentDueAfterInvoiceIssued`' }),
    vat: decimal({ minimum: 0, pattern: '^\\d+(\\.\\d+)?$' }, 'Per cent, without an upper limit'),
    invoiceText: text(60, { description: 'At most 60 bytes of UTF-8' }),
  });

/** The names of custom fields have at least a character. */
const customField = () =>
  group({ keyName: text(128, { pattern: '^[\\s\\S]{1,128}$' }), keyValue: text(2000) });

const readOnly = { readOnly: true } as const;

const customer = (ids: Marks, facts: Marks) =>
  Type.Object(
    {
      customerId: text(36, { format: 'uuid', ...readOnly }),
      status: choice(['ACTIVE', 'SUSPEND'], facts),
      type: text(20, { description: '`PRIVATE` or `BUSINESS`, in any letter case' }),
      name: text(300),
      currency: text(3, { pattern: '^[A-Z]{3}$', description: 'ISO 4217', ...facts }),
      allowOfferDelegation: flag(),
      isAllowedImeiLock: flag(),
      isImeiLockEnabled: flag(readOnly),
      vatRegistrationNumber: text(100),
      contact: list(contact(ids), 100),
      address: list(address(ids), 100),
      invoiceConfiguration: invoiceConfiguration(),
      campaign: list(integer(0, Number.MAX_SAFE_INTEGER), 1000, { description: 'Campaign ids' }),
      customFields: list(customField(), 200),
      mfaConfiguration: choice(['MANDATORY', 'ENABLED', 'DISABLED']),
    },
    { additionalProperties: false },
  );

/** floLIVE's customer: what its page "Modify Customer Details" takes, with what a creation takes and a read shows. */
export const wire = customer({}, {});

/** What a modification may say of it. */
export const changeWire = customer({}, readOnly);

/** What a creation may say of it: ids are given by the service. */
export const creationWire = customer(readOnly, {});
