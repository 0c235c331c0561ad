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
  const detail = `Send ${offered.join(' or ')}.`;
  const known = [{ pointer: 'Content-Type', rule: 'enum', detail }];
  return new Refusal('unsupported-media-type', {
    detail,
    faults: refusal.faults.length > 0 ? refusal.faults : known,
    headers: { [route.method === 'PATCH' ? 'accept-patch' : 'accept']: offered.join(', ') },
  });
};
