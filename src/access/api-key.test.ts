import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createApiKey, hashApiKey, matchesHash, parseApiKey } from './api-key.ts';
import { encodeBase62 } from './base62.ts';

const tenantId = '01890a5d-ac96-774b-bcce-b302099a8057';

test('a key says its tenant and its id', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (tenant, entropy) => {
      const key = createApiKey(tenant, (size) => Buffer.from(entropy.subarray(0, size)));
      expect(key.secret).toMatch(/^cus_[0-9A-Za-z]{33}_[0-9A-Za-z]{39}$/);
      expect(key.keyId).toMatch(/^key_[0-9A-Za-z]{11}$/);
      expect(parseApiKey(key.secret)).toEqual({ tenantId: tenant, keyId: key.keyId });
    }),
  );
});

test('a change of any one character is refused', () => {
  const anyCharacter = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.nat(76), anyCharacter, (position, character) => {
      const { secret } = createApiKey(tenantId);
      fc.pre(secret[position] !== character);
      const changed = secret.slice(0, position) + character + secret.slice(position + 1);
      expect(parseApiKey(changed)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test('a cut, lengthened or padded key is refused', () => {
  const { secret } = createApiKey(tenantId);
  for (const text of ['', 'cus_', secret.slice(0, -1), `${secret}0`, ` ${secret}`, `${secret}\n`]) {
    expect(parseApiKey(text)).toBeUndefined();
  }
});

test('a part beyond its range is refused even with a right checksum', () => {
  const parts = [
    encodeBase62(Buffer.alloc(16)),
    encodeBase62(Buffer.alloc(8)),
    encodeBase62(Buffer.alloc(24)),
  ];
  for (const [index, part] of parts.entries()) {
    const [tenant, id, secret] = parts.with(index, 'z'.repeat(part.length));
    expect(parseApiKey(withChecksum(`cus_${tenant}${id}_${secret}`))).toBeUndefined();
  }
  expect(parseApiKey(withChecksum(`cus_${parts[0]}${parts[1]}_${parts[2]}`))).toEqual({
    tenantId: '00000000-0000-0000-0000-000000000000',
    keyId: `key_${parts[1]}`,
  });
});

test('the prefix tells keys apart and holds nothing of the secret part', () => {
  const first = createApiKey(tenantId);
  const second = createApiKey(tenantId);
  expect(first.secret.startsWith(`${first.prefix}_`)).toBe(true);
  expect(first.prefix).toHaveLength(37);
  expect(first.prefix).not.toBe(second.prefix);
});

test('only the whole text matches the stored hash', () => {
  const { secret, hash } = createApiKey(tenantId);
  expect(hash).toHaveLength(32);
  expect(matchesHash(secret, hash)).toBe(true);
  expect(matchesHash(createApiKey(tenantId).secret, hash)).toBe(false);
  expect(matchesHash(secret, hash.subarray(0, 31))).toBe(false);
  expect(matchesHash(secret, Buffer.alloc(0))).toBe(false);
  expect(hashApiKey('abc').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('a tenant id that is no UUID makes no key', () => {
  expect(() => createApiKey('demo')).toThrow(TypeError);
});

function withChecksum(unchecked: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(unchecked)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(~crc >>> 0);
  return unchecked + encodeBase62(bytes);
}
