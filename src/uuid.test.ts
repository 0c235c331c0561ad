import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uuidBytes, uuidText, writeUuid } from './uuid.ts';

test('the bytes of any UUID are written at their place, and no others', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.boolean(), fc.nat(8), (uuid, upper, at) => {
      const into = Buffer.alloc(40, 0xee);
      expect(writeUuid(into, upper ? uuid.toUpperCase() : uuid, at)).toBe(16);
      const expected = Buffer.alloc(40, 0xee);
      expected.write(uuid.replaceAll('-', ''), at, 'hex');
      expect(into).toEqual(expected);
    }),
  );
});

test.each(['', 'x', '--', `${'01890000-0000-7000-8000-000000000001'}0000`])(
  'what is no UUID writes no byte beyond its place: %j',
  (text) => {
    const into = Buffer.alloc(24, 0xee);
    writeUuid(into, text, 4);
    expect([...into.subarray(0, 4), ...into.subarray(20)]).toEqual(Array(8).fill(0xee));
  },
);

test('a UUID has 16 bytes, which lead back to it in lower case', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.boolean(), (uuid, upper) => {
      const bytes = uuidBytes(upper ? uuid.toUpperCase() : uuid);
      expect(bytes.toString('hex')).toBe(uuid.replaceAll('-', ''));
      expect(uuidText(bytes)).toBe(uuid);
    }),
  );
});

test.each(['', 'x', '01890000-0000-7000-8000-00000000000', '01890000000070008000000000000001'])(
  'what is no UUID has no bytes: %j',
  (text) => expect(() => uuidBytes(text)).toThrow(TypeError),
);
