import { systemNames } from '../../customer/system-members.ts';
import { epochMillis } from '../../mapping/codecs/epoch-millis.ts';
import { defineMapping } from '../../mapping/define-mapping.ts';
import { type CustomRule, custom, field, own } from '../../mapping/rule.ts';
import { isObject } from '../../schema/json.ts';
import { wire } from './wire.ts';

/** Properties are an object even where there are none: clients look into it without asking. */
const properties = (): CustomRule =>
  custom({
    wire: ['properties'],
    canonical: ['attributes'],
    write: ({ attributes }) => ({ properties: attributes ?? {} }),
    read({ properties: sent }, { attributes }) {
      const isEmpty = !isObject(sent) || Object.keys(sent).length === 0;
      if (!isEmpty) return { attributes: sent };
      // Nothing instead of nothing is no change, whichever way the record says nothing.
      return isObject(attributes) && Object.keys(attributes).length > 0 ? { attributes: undefined } : {};
    },
  });

/** Servitly's customer and the record. */
export const mapping = defineMapping({
  contract: 'servitly',
  wire,
  absent: 'null',
  system: systemNames,
  rules: [
    field('id', 'id'),
    field('name', 'name'),
    field('country', 'country'),
    field('timezone', 'timeZone'),
    properties(),
    field('creationTimestamp', 'createdAt', epochMillis),
    own('firstAccessTimestamp'),
    own('lastAccessTimestamp'),
  ],
  omits: [
    'accountNumber',
    'externalIds',
    'parentId',
    'kind',
    'status',
    'nameExtension',
    'identifiers',
    'birthDate',
    'email',
    'phone',
    'secondaryPhone',
    'smsNumbers',
    'locale',
    'language',
    'contacts',
    'addresses',
    'billing',
    'delegation',
    'consents',
    'cooperative',
    'registrationCode',
    'securityPin',
    'source',
    'activatedAt',
    'suspendedAt',
    'closedAt',
    'note',
    'metadata',
    'extensions.seamlessos',
    'extensions.flolive',
    'extensions.keypro',
    'extensions.revio',
    'protectionLevel',
  ],
});
