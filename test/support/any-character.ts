import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, for `fc.string({ unit: anyCharacter })`. The unit `binary` of fast-check is the same, but
 * keeps a table of all of them, which takes a second to make and is walked through whenever memory is collected.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map(
    (place) => String.fromCodePoint(place < surrogates.first ? place : place + surrogates.count),
    (text) => placeOf(text as string),
  );

/** The way back, by which fast-check makes smaller ones of a text, and texts that are often trouble. */
const placeOf = (text: string): number => {
  const [character = '', ...others] = text;
  const point = character.codePointAt(0);
  const isOne = point !== undefined && others.length === 0;
  if (!isOne || /\p{Surrogate}/u.test(character)) throw new Error('Not one character');
  return point < surrogates.first ? point : point - surrogates.count;
};
