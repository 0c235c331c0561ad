import type { Route } from './contract.ts';

/** The precondition of a change (RFC 9110 section 13.1.1), as every contract describes it. */
export const versionHeader = {
  'If-Match': 'The entity tag of the version that the change is meant for.',
} satisfies Route['headers'];

/** The idempotency key, as a contract describes it whose vendor has no words of its own for one. */
export const keyHeader = {
  'Idempotency-Key': 'Makes a retry safe: the same key and request give the same reply for 24 hours.',
} satisfies Route['headers'];

/** The reason of a change, as a contract describes it that has no need of it. */
export const reasonHeader = {
  'Customary-Reason': 'Why the change is made; stands in the history.',
} satisfies Route['headers'];
