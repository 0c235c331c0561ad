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
    write: (canonical) => found(wireOf, canonical, detail),
    read: (wire) => found(canonicalOf, same(wire), detail),
  };
};

const wordsOf = (pairs: readonly (readonly [Json, Json])[]): string =>
  [...new Set(pairs.map(([, wire]) => wire))].join(', ');

const found = (words: ReadonlyMap<Json, Json>, word: Json, detail: string): Json => {
  const other = words.get(word);
  if (other === undefined) throw new CodecFault('enum', detail);
  return other;
};
