import type { BodyExamples } from '../contract.ts';

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  createCustomer: {
    'application/json': { kind: 'person', name: 'Ada Lovelace', email: 'ada@example.org', country: 'GB' },
  },
  updateCustomer: {
    'application/merge-patch+json': { status: 'suspended', note: 'Unpaid invoice' },
    'application/json': { status: 'suspended', note: 'Unpaid invoice' },
    'application/json-patch+json': [{ op: 'add', path: '/note', value: 'Unpaid invoice' }],
  },
  replaceCustomer: {
    'application/json': { kind: 'person', name: 'Ada King', email: 'ada@example.org', country: 'GB' },
  },
  batch: {
    'application/json': {
      changes: [{ op: 'create', body: { kind: 'organisation', name: 'Analytical Engines Ltd' } }],
    },
  },
  restrictCustomer: { 'application/json': { reason: 'The customer contests what is stored' } },
  setRetention: { 'application/json': { rules: { requests: 30 } } },
  scheduleErasure: { 'application/json': { reason: 'The customer asked for it' } },
  setLegalHold: { 'application/json': { reason: 'A claim is before the court' } },
};
