import type { Route } from '../contracts/contract.ts';
import { Refusal } from '../errors.ts';

/**
 * A refusal of a content type, with those that the route takes: in words, and as `Accept-Patch` (RFC 5789 section
 * 3.1) or `Accept` (RFC 9110 section 12.5.1). Any other refusal as it is, and one of an encoding too.
 */
export const withOffer = (refusal: Refusal, route: Route | undefined): Refusal => {
  if (refusal.code !== 'unsupported-media-type' || !route?.body) return refusal;
  if (refusal.headers['accept-encoding'] !== undefined) return refusal;
  const offered = Object.keys(route.body);
  const unknown = { pointer: 'Content-Type', rule: 'enum', detail: `Send ${offered.join(' or ')}.` };
  // The right type in a wrong charset is told as that.
  const [fault = unknown] = refusal.faults;
  return new Refusal('unsupported-media-type', {
    detail: fault.detail,
    faults: [fault],
    headers: { [route.method === 'PATCH' ? 'accept-patch' : 'accept']: offered.join(', ') },
  });
};
