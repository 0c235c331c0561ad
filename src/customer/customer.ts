import Type, { type Static } from 'typebox';
import type { HeldKey } from '../privacy/data-key.ts';
import {
  anyObject,
  choice,
  date,
  decimal,
  flag,
  group,
  instant,
  integer,
  list,
  required,
  text,
  textMap,
} from '../schema/field.ts';
import { mostInt32 } from '../schema/int32.ts';

const personal = { personal: true } as const;
const exact = <const N extends string>(as: N) => ({ search: { as, by: 'exact' } }) as const;
const phoneSearch = { as: 'phone', by: 'phone' } as const;
const nameSearch = { as: 'name', by: 'words' } as const;
const listId = () =>
  required(
    text(36, {
      format: 'uuid',
      label: 'Id',
      description: 'Names the item in changes; given by the service when absent.',
    }),
  );
const email = (label: string, search: object = {}) =>
  text(320, { format: 'email', label, personal: true, ...search });
const otherId = () => integer(0, Number.MAX_SAFE_INTEGER);
const phone = (label: string, search: object = {}) => text(50, { label, personal: true, ...search });

const identifier = group({
  id: Type.Optional(listId()),
  type: choice(['id', 'passport', 'driverLicense', 'other'], { label: 'Kind of document' }),
  value: text(100, { label: 'Number', personal: true, ...exact('identifier') }),
  country: text(60, { label: 'Issuing country' }),
});

const contact = group({
  id: Type.Optional(listId()),
  type: choice(['owner', 'member'], { label: 'Owner or member' }),
  selfCare: flag({ label: 'May use self-care' }),
  primary: flag({ label: 'Primary contact' }),
  salutation: choice(['mr', 'ms'], { label: 'Salutation', personal: true }),
  title: text(50, { label: 'Title', personal: true }),
  firstName: text(200, { label: 'First name', personal: true, search: nameSearch }),
  middleName: text(200, { label: 'Middle name', personal: true }),
  lastName: text(200, { label: 'Last name', personal: true, search: nameSearch }),
  gender: choice(['male', 'female'], { label: 'Gender', personal: true }),
  birthDate: date({ label: 'Date of birth', personal: true }),
  email: email('E-mail', exact('email')),
  landlinePhone: phone('Landline phone', { search: phoneSearch }),
  mobilePhone: phone('Mobile phone', { search: phoneSearch }),
  additionalPhone: phone('Additional phone', { search: phoneSearch }),
  identifiers: list(identifier, 20, { label: 'Identity documents', ...personal }),
  picture: text(2000, { label: 'Picture', personal: true }),
  remarks: text(4000, { label: 'Remarks', personal: true }),
});

const address = group({
  id: Type.Optional(listId()),
  purpose: choice(['billing', 'service', 'shipping', 'mailing', 'listing', 'private', 'other'], {
    label: 'Purpose',
  }),
  primary: flag({ label: 'Primary address' }),
  salutation: choice(['mr', 'ms'], { label: 'Salutation', personal: true }),
  title: text(50, { label: 'Title', personal: true }),
  fullName: text(300, { label: 'Full name', personal: true }),
  firstName: text(200, { label: 'First name', personal: true }),
  middleInitial: text(20, { label: 'Middle initial', personal: true }),
  lastName: text(200, { label: 'Last name', personal: true }),
  company: text(300, { label: 'Company', personal: true }),
  attention: text(300, { label: 'Attention', personal: true }),
  email: email('E-mail'),
  phone: phone('Phone'),
  line1: text(300, { label: 'Line 1', personal: true }),
  line2: text(300, { label: 'Line 2', personal: true }),
  street: text(300, { label: 'Street', personal: true }),
  buildingNumber: text(50, { label: 'Building number', personal: true }),
  buildingName: text(200, { label: 'Building name', personal: true }),
  floor: text(50, { label: 'Floor', personal: true }),
  apartment: text(50, { label: 'Apartment', personal: true }),
  entrance: text(50, { label: 'Entrance', personal: true }),
  poBox: text(50, { label: 'Post office box', personal: true }),
  city: text(200, { label: 'City', personal: true }),
  postalCode: text(30, { label: 'Postal code', personal: true }),
  postalCodeExtension: text(30, { label: 'Postal code extension', personal: true }),
  province: text(200, { label: 'Province', personal: true }),
  state: text(200, { label: 'State', personal: true }),
  region: text(200, { label: 'Region', personal: true }),
  country: text(60, { label: 'Country', personal: true }),
  instructions: text(2000, { label: 'Delivery instructions', personal: true }),
  createdAt: instant({ label: 'Created' }),
});

/** What a client may write: the only list of customer fields. All else is derived from it. */
export const customerData = Type.Object(
  {
    accountNumber: text(25, { label: 'Account number', unique: true, ...exact('accountNumber') }),
    externalIds: textMap(50, 200, { label: 'Ids in other systems', ...exact('externalIds') }),
    parentId: text(36, { format: 'uuid', label: 'Parent customer' }),
    kind: choice(['person', 'organisation'], { label: 'Person or organisation', ...exact('kind') }),
    status: choice(['prospect', 'pending', 'active', 'suspended', 'closed'], {
      label: 'Status',
      ...exact('status'),
    }),
    name: text(300, { label: 'Name', personal: true, search: nameSearch }),
    nameExtension: text(300, { label: 'Name extension', personal: true, search: nameSearch }),
    identifiers: group(
      {
        nationalId: text(100, {
          label: 'Personal or organisation number',
          personal: true,
          ...exact('identifier'),
        }),
        taxId: text(100, { label: 'Tax id', personal: true, ...exact('identifier') }),
        vatNumber: text(100, { label: 'VAT registration number', personal: true, ...exact('identifier') }),
        passport: text(100, { label: 'Passport number', personal: true, ...exact('identifier') }),
        reference: text(200, { label: 'Other identification', personal: true, ...exact('identifier') }),
      },
      { label: 'Identifiers' },
    ),
    birthDate: date({ label: 'Date of birth', personal: true }),
    email: text(255, { label: 'E-mail', personal: true, format: 'email-list', ...exact('email') }),
    phone: phone('Phone', { search: phoneSearch }),
    secondaryPhone: phone('Secondary phone', { search: phoneSearch }),
    smsNumbers: list(text(50), 2, { label: 'SMS numbers', personal: true, search: phoneSearch }),
    locale: text(35, { label: 'Locale', format: 'locale' }),
    language: text(60, { label: 'Language' }),
    timeZone: text(64, { label: 'Time zone', format: 'time-zone' }),
    country: text(100, { label: 'Country', ...exact('country') }),
    contacts: list(contact, 100, { label: 'Contacts' }),
    addresses: list(address, 100, { label: 'Addresses' }),
    billing: group(
      {
        method: choice(['email', 'paper', 'eInvoice', 'emailAndPaper', 'none'], { label: 'Billing method' }),
        email: email('Billing e-mail'),
        name: text(300, { label: 'Invoice name', personal: true }),
        country: text(100, { label: 'Invoicing country' }),
        currency: text(3, { label: 'Currency', pattern: '^[A-Z]{3}$' }),
        paymentProfileId: text(36, { label: 'Default payment profile', format: 'uuid' }),
        autoPay: flag({ label: 'Automatic payment' }),
      },
      { label: 'Billing' },
    ),
    delegation: group(
      {
        offers: flag({ label: 'May pass on offers of the parent' }),
        imeiLock: flag({ label: 'May lock IMEIs' }),
        isParent: flag({ label: 'May have sub-customers' }),
      },
      { label: 'Delegation' },
    ),
    consents: group(
      {
        smsDisabled: flag({ label: 'No SMS is sent' }),
        selfCareEdit: flag({ label: 'May edit the own record' }),
      },
      { label: 'Consents' },
    ),
    cooperative: group(
      {
        member: flag({ label: 'Member of the cooperative' }),
        joinedOn: date({ label: 'Joined on' }),
        reimbursedOn: date({ label: 'Reimbursed on' }),
        sum: decimal({ label: 'Sum' }),
      },
      { label: 'Cooperative' },
    ),
    registrationCode: text(20, { label: 'Registration code', secret: true, unique: true }),
    securityPin: text(50, { label: 'Security PIN', secret: true }),
    source: text(200, { label: 'Source' }),
    activatedAt: instant({ label: 'Activated' }),
    suspendedAt: instant({ label: 'Suspended' }),
    closedAt: instant({ label: 'Closed' }),
    note: text(10_000, { label: 'Note', personal: true }),
    attributes: textMap(200, 2000, {
      label: 'Attributes',
      ...exact('attributes'),
      description: 'Free names and texts that other systems search by. Not the place for personal data.',
    }),
    metadata: anyObject({ label: 'Metadata', personal: true }),
    extensions: group(
      {
        seamlessos: anyObject(personal),
        flolive: anyObject(personal),
        // Opaque ids, which Keypro does not protect as a person's data.
        keypro: group({ address: otherId(), apartment: otherId(), water_database_id: otherId() }),
        revio: anyObject(personal),
        servitly: anyObject(personal),
      },
      { label: 'What one contract alone can say' },
    ),
    protectionLevel: required(
      integer(1, 4, {
        label: 'Protection level',
        description: '1 open, 2 protected, 3 secret, 4 restricted (GDPR Art. 18).',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What the service alone says about a customer. */
export const customerSystem = Type.Object(
  {
    id: Type.String({ format: 'uuid', readOnly: true, title: 'Id' }),
    number: Type.Integer({ minimum: 1, maximum: mostInt32, readOnly: true, title: 'Customer number' }),
    humanReadableId: Type.String({
      readOnly: true,
      title: 'Id to say on the phone',
      examples: ['29A-BY3Z-X78'],
    }),
    version: Type.Integer({ minimum: 1, readOnly: true, title: 'Version' }),
    createdAt: Type.String({ format: 'date-time', readOnly: true, title: 'Created' }),
    updatedAt: Type.String({ format: 'date-time', readOnly: true, title: 'Updated' }),
  },
  { additionalProperties: false },
);

/** The writable part of a customer. */
export type CustomerData = Static<typeof customerData>;

/** A customer as the service holds it: what it says itself, and what clients wrote. */
export interface Customer {
  id: string;
  tenantId: string;
  number: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** Set while the customer is deleted; a deleted customer is found by its history alone. */
  deletedAt: Date | null;
  data: CustomerData;
  /** The customer was erased: its data are gone, and what is left is a tombstone. */
  erased?: true;
  /** A higher protection level than its own: of now, on a past version; of before, on one that a change protects less. */
  guardedAt?: number;
  /** The key under which the customer is sealed. */
  dataKey?: HeldKey;
  /** The record as JSON text in UTF-8, where it is known already. */
  bytes?: Buffer;
  /** The highest protection level that the text names, where it was looked for already. */
  levelInText?: number | undefined;
}
