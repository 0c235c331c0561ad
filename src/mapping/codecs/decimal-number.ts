import { type Codec, CodecFault } from '../codec.ts';

/**
 * An exact decimal of the record as a number of the wire. A decimal that no binary number says exactly the same is
 * written as text, and decimals in texts are read: nothing is rounded on the way.
 */
export const decimalNumber: Codec = {
  write(canonical) {
    const text = String(canonical);
    if (!decimal.test(text)) throw new CodecFault('format', 'is not a decimal');
    // Adding zero takes the sign from a zero.
    const number = Number(text) + 0;
    return plain(number) === normal(text) ? number : text;
  },
  read(wire) {
    if (typeof wire === 'number') return plain(wire);
    if (typeof wire === 'string' && decimal.test(wire)) return wire;
    throw new CodecFault('type', 'must be a decimal number');
  },
};

const decimal = /^-?\d+(\.\d+)?$/;

/** The shortest decimal that a number is read back from, without an exponent. */
const plain = (number: number): string => {
  const [mantissa, exponent] = String(number).split('e') as [string, string?];
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.') as [string, string?];
  const shift = Number(exponent);
  const digits = whole + fraction;
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(whole.length + shift, '0');
};

/** A decimal without what has no meaning: leading and trailing zeros, the sign of zero. */
const normal = (text: string): string => {
  const [whole, fraction = ''] = text.replace('-', '').split('.') as [string, string?];
  const digits = fraction.replace(/0+$/, '');
  const result = whole.replace(/^0+(?=\d)/, '') + (digits === '' ? '' : `.${digits}`);
  return text.startsWith('-') && result !== '0' ? `-${result}` : result;
};
