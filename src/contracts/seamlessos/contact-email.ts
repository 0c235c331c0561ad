import { customerData } from '../../customer/customer.ts';
import { CodecFault } from '../../mapping/codec.ts';
import { type CustomRule, custom } from '../../mapping/rule.ts';
import type { Json } from '../../schema/json.ts';

/**
 * The record may hold several e-mail addresses, SeamlessOS says one: the first. Another one takes the first one's
 * place, and the others stay; none takes them all away, since the next one would come forward else.
 */
export const contactEmail = (): CustomRule =>
  custom({
    wire: ['contact.email'],
    canonical: ['email'],
    write: (record) => ({ 'contact.email': addressesIn(record['email'])[0] }),
    read({ 'contact.email': email }, current) {
      if (typeof email !== 'string') return { email };
      const [, ...others] = addressesIn(current['email']);
      const addresses = [email, ...others.filter((one) => one !== email)].join(', ');
      if (others.length > 0 && [...addresses].length > longestEmails) throw tooLong();
      return { email: addresses };
    },
  });

/** The most characters that the addresses have together. */
const { maxLength: longestEmails = Number.POSITIVE_INFINITY } = customerData.properties.email as {
  maxLength?: number;
};

const tooLong = (): CodecFault =>
  new CodecFault(
    'maxLength',
    `must NOT have more than ${longestEmails} characters together with the other e-mail addresses of the customer`,
  );

const addressesIn = (value: Json | undefined): string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : [];
