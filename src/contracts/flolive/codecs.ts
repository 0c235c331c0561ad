import { type Codec, CodecFault } from '../../mapping/codec.ts';
import { choices } from '../../mapping/codecs/choices.ts';

/** A text of at most so many bytes of UTF-8. */
export const atMostBytes = (most: number): Codec => ({
  write: (canonical) => canonical,
  read(wire) {
    if (typeof wire === 'string' && Buffer.byteLength(wire) <= most) return wire;
    throw new CodecFault('maxBytes', `must have at most ${most} bytes of UTF-8`);
  },
});

/** Words of both sides as `choices` has them; for the words of the record in `unsaid` floLIVE has none, and shows null. */
export const someChoices = (
  pairs: readonly (readonly [canonical: string, wire: string])[],
  unsaid: readonly string[],
): Codec => {
  const codec = choices(pairs);
  return {
    write: (canonical, links) =>
      typeof canonical === 'string' && unsaid.includes(canonical) ? null : codec.write(canonical, links),
    read: codec.read,
  };
};

/** How a person is addressed. */
export const salutation = choices([
  ['mr', 'MR'],
  ['ms', 'MS'],
]);
