import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  askedPhones,
  beginningsOf,
  normaliseExact,
  normalisePhone,
  phoneFormsOf,
  searchedBeginning,
  wordsOf,
} from './normalise.ts';

test('exact values are compared composed, trimmed and without case', () => {
  expect(normaliseExact('  A\u030aSA@Example.ORG ')).toBe('åsa@example.org');
  expect(normaliseExact('ＡＢ１')).toBe('ab1');
});

describe('a phone number', () => {
  test.each([
    ['+46 70-123 45 67', null, ['+46701234567', '0701234567']],
    ['0046701234567', null, ['+46701234567', '0701234567']],
    ['070-123 45 67', 'SE', ['+46701234567', '0701234567']],
    ['070-123 45 67', 'se', ['+46701234567', '0701234567']],
    ['+46701234567', 'DE', ['+46701234567', '0701234567']],
    ['(555) 123-4567', 'US', ['+15551234567', '5551234567']],
    ['070-123 45 67', null, ['0701234567']],
    ['070-123 45 67', 'Sweden', ['0701234567']],
    ['070-123 45 67', 'XX', ['0701234567']],
    ['112', null, ['112']],
    ['no number', null, ['']],
  ])('%s of a record of %s is found as %j', (value, country, forms) => {
    expect(phoneFormsOf(value, country)).toEqual(forms);
  });

  test.each([
    ['+46 70-123 45 67', ['+46701234567']],
    [' 46 70-123 45 67', ['46701234567', '+46701234567']],
    ['46701234567', ['46701234567', '+46701234567']],
    ['tel:+46-70-123-45-67', ['+46701234567']],
    ['0701234567', ['0701234567']],
    ['112', ['112']],
    ['on request', []],
    [' ', []],
  ])('%s is looked up as %j', (value, forms) => {
    expect(askedPhones(value)).toEqual(forms);
  });

  test('is found by the way it was written', () => {
    const written = ['+46 70-123 45 67', '0046 (0)70 1234567', '+49 30 901820', '5551234', '+1 555 123 4567'];
    for (const value of written) expect(phoneFormsOf(value, null)).toContain(normalisePhone(value));
    // Without the zero that a number at home begins with.
    for (const country of ['FI', 'SE', null])
      expect(phoneFormsOf('40 1234567', country)).toContain(normalisePhone('40 1234567'));
  });
});

describe('the words of a name', () => {
  test.each([
    ['Åsa Lindström-Öberg', ['asa', 'lindstrom', 'oberg']],
    ["O'Neil & Söhne GmbH", ['o', 'neil', 'sohne', 'gmbh']],
    ['Weiß WEISS ẞ', ['weiss', 'weiss', 'ss']],
    ['Søren Łukasz Đuro', ['soren', 'lukasz', 'duro']],
    ['李小龍 3M', ['李小龍', '3m']],
    ['  - ', []],
  ])('%s', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });

  test('are the same for the composed and the decomposed form, and in any case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zåäöéñüç ]{0,20}$/), (name) => {
        const words = wordsOf(name);
        expect(wordsOf(name.normalize('NFD'))).toEqual(words);
        expect(wordsOf(name.toUpperCase())).toEqual(words);
      }),
    );
  });
});

describe('the beginnings of a word', () => {
  test('are those from three letters on, and a shorter word itself', () => {
    expect(beginningsOf('anders')).toEqual(['and', 'ande', 'ander', 'anders']);
    expect(beginningsOf('li')).toEqual(['li']);
    expect(beginningsOf('son')).toEqual(['son']);
  });

  test('hold what is looked up for every beginning of at least three letters, however long the word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 60 }),
        fc.nat(57),
        (word, cut) => {
          const searched = [...word].slice(0, cut + 3).join('');
          expect(beginningsOf(word)).toContain(searchedBeginning(searched));
        },
      ),
    );
    expect(beginningsOf('x'.repeat(300))).toHaveLength(22);
  });
});
