import type { Answer } from './client.ts';

/** What two answers to one request must have in common, whichever of them was replayed. */
export const essence = ({ status, text, headers }: Answer) => ({
  status,
  text,
  etag: headers.get('etag'),
  location: headers.get('location'),
  contentType: headers.get('content-type'),
});

/** Whether an answer was kept from an earlier request. */
export const isReplay = (answer: Answer): boolean => answer.headers.get('idempotency-replayed') === 'true';

/** The stable name of a problem, e.g. `not-found`. */
export const problem = (answer: Answer): string | undefined =>
  /^urn:customary:problem:(.*)$/.exec(String(answer.body['type'] ?? ''))?.[1];

/** The whole numbers from 0, `count` of them. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
