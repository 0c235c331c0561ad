import Type from 'typebox';
import { anyObject, choice, flag, group, instant, list, text } from '../../schema/field.ts';

const readOnly = { readOnly: true } as const;

/** A number as E.164 has it: a plus, the country code, at most 15 digits. */
const msisdn = () => text(16, { pattern: '^\\+[1-9]\\d{1,14}$', description: 'E.164, like +15551234567' });

const address = () =>
  group({
    street1: text(300),
    street2: text(300),
    city: text(200),
    zip: text(30),
    country: text(2, { pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
    state: text(200),
    region: text(200),
    attention: text(300),
  });

const user = { userId: text(100), name: text(300), role: text(50) };

/**
 * SeamlessOS's customer: what its page "Update customer" answers with. `users` and what names the contact person are
 * written when a customer is created; the update takes the members that `schemas.ts` names.
 */
export const wire = Type.Object(
  {
    customerId: text(36, { ...readOnly, description: 'Unique' }),
    customerType: choice(['CONSUMER', 'BUSINESS']),
    name: text(300),
    identity: text(100, { description: 'Personal or organisation number' }),
    preferredLocale: text(35, { format: 'locale', description: 'BCP 47, like sv-SE' }),
    humanReadableId: text(12, { ...readOnly, description: 'What a customer says in a support call' }),
    contact: group({ email: text(255, { format: 'email' }), msisdn: msisdn() }),
    billing: group({
      method: choice(['EMAIL_INVOICE', 'PAPER_INVOICE', 'E_INVOICE']),
      email: text(255, { format: 'email', description: 'Required when `method` is EMAIL_INVOICE' }),
      address: address(),
      currency: text(3, { pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
      defaultPaymentProfileId: text(36, { format: 'uuid', description: 'Null turns automatic payment off' }),
      autoPay: flag({ description: 'True needs a payment profile' }),
    }),
    users: list(group(user), 100),
    contactPersonUserId: text(100),
    contactPerson: group(user, readOnly),
    shipping: group({
      name: text(300),
      msisdn: msisdn(),
      address: address(),
      instructions: text(2000),
    }),
    createdAt: instant(readOnly),
    updatedAt: instant(readOnly),
    metadata: anyObject({ description: 'Any names and values' }),
  },
  { additionalProperties: false },
);
