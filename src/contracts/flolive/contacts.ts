import { choices } from '../../mapping/codecs/choices.ts';
import { dayMonthYear } from '../../mapping/codecs/day-month-year.ts';
import { field, list } from '../../mapping/rule.ts';
import { salutation, someChoices } from './codecs.ts';
import { role } from './rules-with-defaults.ts';

const identity = list('identity', 'identifiers', {
  rules: [
    field(
      'idType',
      'type',
      someChoices(
        [
          ['id', 'ID'],
          ['passport', 'PASSPORT'],
          ['driverLicense', 'DRIVER_LICENSE'],
        ],
        ['other'],
      ),
    ),
    field('idNumber', 'value'),
  ],
});

/** The people of a customer and their identity documents. */
export const contacts = list('contact', 'contacts', {
  rules: [
    field('id', 'id'),
    field('emailAddress', 'email'),
    field(
      'type',
      'type',
      choices([
        ['owner', 'OWNER'],
        ['member', 'MEMBER'],
      ]),
    ),
    role(),
    field('salutation', 'salutation', salutation),
    field('firstName', 'firstName'),
    field('middleName', 'middleName'),
    field('lastName', 'lastName'),
    identity,
    field(
      'gender',
      'gender',
      choices([
        ['male', 'MALE'],
        ['female', 'FEMALE'],
      ]),
    ),
    field('birthdate', 'birthDate', dayMonthYear),
    field('landlinePhoneNumber', 'landlinePhone'),
    field('mobilePhoneNumber', 'mobilePhone'),
    field('additionalPhoneNumber', 'additionalPhone'),
    field('picture', 'picture'),
    field('remarks', 'remarks'),
    field('isPrimary', 'primary'),
  ],
});
