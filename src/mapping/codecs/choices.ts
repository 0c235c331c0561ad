import type { Json } from '../../schema/json.ts';
import { type Codec, CodecFault } from '../codec.ts';

/**
 * Words of the record and the contract's words for them, as pairs. Where the contract has one word for several of the
 * record's, the pair that stands first is read. `anyCase` reads texts in any letter case; `detail` is what a fault says
 * where the words are too many to be listed.
 */
export const choices = (
  pairs: readonly (readonly [canonical: Json, wire: Json])[],
  { anyCase = false, detail = `must be one of ${wordsOf(pairs)}` } = {},
): Codec => {
  const same = (wire: Json) => (anyCase && typeof wire === 'string' ? wire.toUpperCase() : wire);
  const wireOf = new Map(pairs);
  const canonicalOf = new Map(pairs.toReversed().map(([canonical, wire]) => [same(wire), canonical]));
  return {
    // What the contract has no word for is shown as it is, as for any codec; this way nothing is thrown for it.
    write: (canonical) => wireOf.get(canonical) ?? canonical,
    read(wire) {
      const canonical = canonicalOf.get(same(wire));
      if (canonical === undefined) throw new CodecFault('enum', detail);
      return canonical;
    },
  };
};

const wordsOf = (pairs: readonly (readonly [Json, Json])[]): string =>
  [...new Set(pairs.map(([, wire]) => wire))].join(', ');
