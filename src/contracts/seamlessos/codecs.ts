import { normalisePhone } from '../../customer/normalise.ts';
import { type Codec, CodecFault } from '../../mapping/codec.ts';
import { choices } from '../../mapping/codecs/choices.ts';
import { countryCodes } from '../../mapping/codecs/country-codes.ts';

/** A country by its alpha-2 code (ISO 3166-1), as the record has it. */
export const country = choices(
  countryCodes.map(([code]) => [code, code]),
  { detail: 'must be a country code of two letters (ISO 3166-1)' },
);

/** A currency by its code (ISO 4217), as the record has it. */
export const currency = choices(
  Intl.supportedValuesOf('currency').map((code) => [code, code]),
  { detail: 'must be a currency code (ISO 4217)' },
);

/** A phone number of the record, in any notation with its country code, as E.164. */
export const msisdn: Codec = {
  write(canonical) {
    const text = String(canonical);
    // Most numbers are grouped at most, and looking at every country's plan takes longer than all the rest.
    const grouped = /^\+[\d -]+$/.test(text) ? text.replace(/[ -]/g, '') : text;
    const number = e164.test(grouped) ? grouped : normalisePhone(text);
    if (!e164.test(number)) throw new CodecFault('format', 'has no country code');
    return number;
  },
  // Its form is judged by the wire schema.
  read: (wire) => wire,
};

const e164 = /^\+[1-9]\d{1,14}$/;
