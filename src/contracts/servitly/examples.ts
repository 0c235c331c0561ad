import type { BodyExamples } from '../contract.ts';

/** Bodies to begin with, by operation and media type. */
export const examples: BodyExamples = {
  updateCustomer: {
    'application/json': {
      name: 'Analytical Engines AB',
      country: 'Sweden',
      timezone: 'Europe/Stockholm',
      properties: { segment: 'iot' },
    },
  },
  patchCustomer: {
    'application/json': { timezone: 'Europe/Stockholm', properties: { segment: 'iot' } },
    'application/merge-patch+json': { timezone: 'Europe/Stockholm', properties: { segment: 'iot' } },
  },
  createCustomer: { 'application/json': { name: 'Analytical Engines AB', country: 'Sweden' } },
};
