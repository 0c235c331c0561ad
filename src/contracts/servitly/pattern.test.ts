import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patternOf } from './pattern.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'B', '.', '\n', 'ö'), maxLength: 12 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', 'Ö'), maxLength: 8 });

test('a star stands for any characters, whatever the letter case, and everything else for itself', () => {
  fc.assert(
    fc.property(patterns, letters, (pattern, text) => {
      const escaped = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      const expected = new RegExp(`^${escaped.join('[^]*')}$`, 'iu').test(text);
      expect(patternOf(pattern)(text)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('many stars take no longer than the text is long', () => {
  const began = performance.now();
  expect(patternOf('a*'.repeat(500))(`${'a'.repeat(5000)}b`)).toBe(true);
  expect(patternOf(`${'a*'.repeat(500)}c`)(`${'a'.repeat(5000)}b`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});
