import { formats } from '../../schema/formats.ts';
import { type Codec, CodecFault } from '../codec.ts';

/** A calendar date as the eight digits DDMMYYYY. */
export const dayMonthYear: Codec = {
  write(canonical) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(String(canonical));
    if (!parts) throw new CodecFault('format', 'is not a date');
    return `${parts[3]}${parts[2]}${parts[1]}`;
  },
  read(wire) {
    const parts = typeof wire === 'string' && /^(\d{2})(\d{2})(\d{4})$/.exec(wire);
    const date = parts ? `${parts[3]}-${parts[2]}-${parts[1]}` : '';
    if (!isDate(date)) throw new CodecFault('format', 'must be a date as DDMMYYYY');
    return date;
  },
};

const isDate = (text: string): boolean =>
  (formats.date as { validate?: (text: string) => boolean }).validate?.(text) ??
  (formats.date as unknown as (text: string) => boolean)(text);
