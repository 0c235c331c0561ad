import { choices } from '../../mapping/codecs/choices.ts';
import { field, list } from '../../mapping/rule.ts';
import { salutation } from './codecs.ts';

const addressTypes = choices([
  ['private', 'PRIVATE'],
  ['shipping', 'SHIPPING'],
  ['mailing', 'MAILING'],
]);

/** floLIVE has no billing, service or listing address: those of other contracts are none of its own. */
const seenPurposes: ReadonlySet<unknown> = new Set([undefined, null, 'private', 'shipping', 'mailing']);

/** The addresses of a customer that floLIVE knows. */
export const addresses = list('address', 'addresses', {
  only: (item) => seenPurposes.has(item['purpose']),
  rules: [
    field('id', 'id'),
    field('type', 'purpose', addressTypes),
    field('street', 'street'),
    field('buildingNumber', 'buildingNumber'),
    field('buildingName', 'buildingName'),
    field('buildingFloor', 'floor'),
    field('zipCode', 'postalCode'),
    field('apartmentNumber', 'apartment'),
    field('entrance', 'entrance'),
    field('city', 'city'),
    field('province', 'province'),
    field('state', 'state'),
    field('country', 'country'),
    field('pobox', 'poBox'),
    field('salutation', 'salutation', salutation),
    field('fullName', 'fullName'),
    field('title', 'title'),
    field('company', 'company'),
    field('emailAddress', 'email'),
    field('isPrimary', 'primary'),
  ],
});
