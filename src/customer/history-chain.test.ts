import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryHash, type HashedEntry, isEntryHash, noHash } from './history-chain.ts';

const tenantId = '018f0000-0000-7000-8000-00000000000a';
const entry: HashedEntry = {
  customerId: '018f0000-0000-7000-8000-00000000000b',
  version: 2 ** 40 + 3,
  recordedAt: 1_800_000_000_123,
  principal: 'Zoë',
  contract: 'native',
  operation: 'customer.update',
  open: '[{"path":"/kind"}]',
  sealed: Buffer.from('sealed'),
  snapshot: Buffer.from('snapshot'),
};

/** The same hash as the documentation has it, written as plainly as can be. */
const plainly = (one: HashedEntry, previous: Buffer): Buffer => {
  const uuid = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
  const sha = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
  const whole = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  };
  const sized = (text: string | Buffer) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([bytes, Buffer.from(text as string)]);
  };
  return sha(
    Buffer.concat([
      ...[Buffer.from('customary history entry 1\n'), uuid(tenantId), uuid(one.customerId)],
      ...[whole(one.version), whole(one.recordedAt)],
      ...[one.principal, one.contract, one.operation].map(sized),
      ...[sha(one.open), sha(one.sealed), one.snapshot ? sha(one.snapshot) : Buffer.alloc(32), previous],
    ]),
  );
};

test('the hash is the one that is described, from texts and from their bytes', () => {
  for (const one of [entry, { ...entry, open: '[]', snapshot: null, version: 1 }]) {
    const hash = entryHash(tenantId, one, noHash);
    expect(hash).toEqual(plainly(one, noHash));
    expect(entryHash(tenantId, one, hash)).toEqual(plainly(one, hash));
    const bytes = { ...one, principal: Buffer.from('Zoë'), open: Buffer.from(one.open as string) };
    expect(isEntryHash(tenantId, bytes, noHash, hash)).toBe(true);
    expect(isEntryHash(tenantId, bytes, noHash, Buffer.concat([hash, hash]))).toBe(false);
  }
});

test('texts that are joined otherwise have another hash, whatever stands in them', () => {
  const text = fc.string({ unit: fc.constantFrom('\u0000', 'a'), maxLength: 6 });
  const hashOf = ([principal, contract, operation]: string[]) =>
    entryHash(tenantId, { ...entry, principal, contract, operation } as HashedEntry, noHash).toString('hex');
  fc.assert(
    fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (one, other) => {
      return (hashOf(one) === hashOf(other)) === (one.join('|') === other.join('|'));
    }),
    { numRuns: 500 },
  );
  expect(hashOf(['a', '', ''])).not.toBe(hashOf(['', 'a', '']));
});
