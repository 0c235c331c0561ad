import type { BodyExamples } from '../contract.ts';

const account = {
  email: 'billing@engines.example',
  billing_address: { company_name: 'Analytical Engines', city: 'Atlanta', country_code: 'USA' },
  finance: { billing_method: 'EMAIL_ONLY' },
};
const renamed = { ...account, source: 'Order form' };

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  createCustomer: { 'application/json': account, 'text/json': account },
  replaceCustomer: { 'application/json': renamed, 'text/json': renamed },
  patchCustomer: {
    'application/json-patch+json': [{ op: 'replace', path: '/source', value: 'Order form' }],
  },
};
