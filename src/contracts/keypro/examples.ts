import type { BodyExamples } from '../contract.ts';

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  createCustomer: {
    'application/json': {
      customer_name: 'Aino Esimerkki',
      customer_email: 'aino@example.org',
      type: 1,
      status: 2,
      sms_numbers: ['+358 50 000 0001'],
    },
  },
  updateCustomer: { 'application/json': { note: 'Prefers to be called', is_sms_disabled: true } },
  replaceCustomer: { 'application/json': { customer_name: 'Aino Esimerkki', type: 1, status: 3 } },
};
