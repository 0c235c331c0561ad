import { instantOf } from '../../schema/formats.ts';
import { type Codec, CodecFault } from '../codec.ts';

/** An instant as whole milliseconds since 1970-01-01T00:00:00Z. */
export const epochMillis: Codec = {
  write(canonical) {
    const instant = typeof canonical === 'string' ? instantOf(canonical) : undefined;
    if (!instant) throw new CodecFault('format', 'is not an instant');
    return instant.getTime();
  },
  read(wire) {
    const instant = new Date(typeof wire === 'number' && Number.isInteger(wire) ? wire : Number.NaN);
    const year = instant.getUTCFullYear();
    if (!(year >= 1 && year <= 9999)) throw new CodecFault('range', 'must be milliseconds since 1970');
    return instant.toISOString();
  },
};
