import fc from 'fast-check';
import { expect, test } from 'vitest';
import { humanReadableId, numberOfHumanReadableId } from './human-readable-id.ts';

const number = fc.integer({ min: 1, max: 2_147_483_647 });

test('every number has an id of the printed form, and the id leads back to the number', () => {
  fc.assert(
    fc.property(fc.uuid(), number, (tenantId, one) => {
      const id = humanReadableId(tenantId, one);
      expect(id).toMatch(/^[2-9A-HJKMNP-TV-Z]{3}-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{3}$/);
      expect(numberOfHumanReadableId(tenantId, id.toLowerCase().replaceAll('-', ' '))).toBe(one);
    }),
    { numRuns: 2000 },
  );
});

test('an id that a customer was told once stays the id', () => {
  expect(humanReadableId('01890000-0000-7000-8000-00000000000a', 1001)).toBe('E5G-RBVZ-8B3');
});

test('one wrong character is always told', () => {
  fc.assert(
    fc.property(fc.uuid(), number, fc.nat(9), fc.nat(28), (tenantId, one, place, shift) => {
      const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
      const characters = [...humanReadableId(tenantId, one).replaceAll('-', '')];
      const wrong = alphabet[(alphabet.indexOf(characters[place] as string) + 1 + shift) % 30] as string;
      characters[place] = wrong;
      expect(numberOfHumanReadableId(tenantId, characters.join(''))).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});
