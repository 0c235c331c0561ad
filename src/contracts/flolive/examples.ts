import type { BodyExamples } from '../contract.ts';

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  modifyCustomer: {
    'application/json': {
      vatRegistrationNumber: 'SE559999001601',
      invoiceConfiguration: { paymentDueAfterInvoiceIssued: 30, paymentDueUnits: 'DAYS' },
    },
  },
  createCustomer: {
    'application/json': {
      status: 'ACTIVE',
      currency: 'EUR',
      type: 'Business',
      name: 'Analytical Engines',
      contact: [{ role: 'SELFCARE', firstName: 'Ada', mobilePhoneNumber: '+46701740605' }],
    },
  },
};
