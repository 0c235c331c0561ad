import type { Json } from '../../schema/json.ts';
import { type Codec, CodecFault } from '../codec.ts';

/**
 * Words of the record and the contract's words for them, as pairs. Where the contract has one word for several of the
 * record's, the pair that stands first is read. `anyCase` reads texts in any letter case.
 */
export const choices = (
  pairs: readonly (readonly [canonical: Json, wire: Json])[],
  { anyCase = false } = {},
): Codec => {
  const same = (wire: Json) => (anyCase && typeof wire === 'string' ? wire.toUpperCase() : wire);
  const wireOf = new Map(pairs);
  const canonicalOf = new Map(pairs.toReversed().map(([canonical, wire]) => [same(wire), canonical]));
  const words = [...new Set(pairs.map(([, wire]) => wire))].join(', ');
  return {
    write: (canonical) => found(wireOf, canonical, words),
    read: (wire) => found(canonicalOf, same(wire), words),
  };
};

const found = (words: ReadonlyMap<Json, Json>, word: Json, allowed: string): Json => {
  const other = words.get(word);
  if (other === undefined) throw new CodecFault('enum', `must be one of ${allowed}`);
  return other;
};
