import type { BodyExamples } from '../contract.ts';

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  createCustomer: {
    'application/json': {
      customerType: 'BUSINESS',
      name: 'Analytical Engines AB',
      contact: { email: 'post@engines.example', msisdn: '+46701740630' },
      billing: { method: 'EMAIL_INVOICE', email: 'invoices@engines.example', currency: 'SEK' },
    },
  },
  updateCustomer: { 'application/json': { preferredLocale: 'sv-SE', metadata: { crm: '4711' } } },
  putCustomer: { 'application/json': { name: 'Analytical Engines AB', preferredLocale: 'sv-SE' } },
  replaceBilling: {
    'application/json': { method: 'PAPER_INVOICE', address: { street1: 'Box 1', country: 'SE' } },
  },
};
