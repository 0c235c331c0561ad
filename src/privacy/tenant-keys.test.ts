import { expect, test } from 'vitest';
import { newDataKey, plainKey, type SecretBytes } from './data-key.ts';
import { allKnown, type TenantKeyParts, tenantKeys, UnknownGeneration } from './tenant-keys.ts';

const [first, second] = [newDataKey(), newDataKey()];
const made = (over: Partial<TenantKeyParts> = {}) =>
  tenantKeys({
    tenantId: 't',
    generations: new Map([
      [1, first],
      [2, second],
    ]),
    current: 2,
    secret: Buffer.alloc(32),
    whole: false,
    sealedOnly: true,
    sealing: true,
    ...over,
  });

test('a key is unwrapped as it was wrapped, also by the generation before', () => {
  const key = newDataKey();
  for (const current of [1, 2]) {
    const wrapped = made({ current }).wrapDataKey('c', key);
    expect((made().heldKey('c', wrapped) as SecretBytes).export()).toEqual(key.export());
    expect(wrapped.includes(key.export())).toBe(false);
  }
});

test('a key that was moved to another customer or tenant, or changed anywhere, is unreadable', () => {
  const wrapped = made().wrapDataKey('c', newDataKey());
  expect(made().heldKey('d', wrapped)).toBe('unreadable');
  expect(made({ tenantId: 'u' }).heldKey('c', wrapped)).toBe('unreadable');
  expect(made().heldKey('c', made().wrapSecret('c', newDataKey()))).toBe('unreadable');
  for (let at = 0; at < wrapped.length; at++) {
    // The generation: one that is not known is asked for, as after a rotation.
    if (at >= 1 && at <= 4) continue;
    const changed = Buffer.from(wrapped);
    changed[at] = (changed[at] as number) ^ 1;
    expect(made().heldKey('c', changed)).toBe('unreadable');
  }
  expect(made().heldKey('c', wrapped.subarray(1))).toBe('unreadable');
});

test('a generation that is not known is asked for', () => {
  const wrapped = made().wrapDataKey('c', newDataKey());
  const stale = made({ generations: new Map([[1, first]]), current: 1 });
  expect(() => stale.heldKey('c', wrapped)).toThrow(UnknownGeneration);
  expect(allKnown(stale).heldKey('c', wrapped), 'and there is none').toBe('unreadable');
});

test('none, destroyed and switched off are told apart', () => {
  expect(made().heldKey('c', null)).toBe('none');
  expect(made().heldKey('c', Buffer.alloc(0))).toBe('destroyed');
  expect(made({ sealing: false }).heldKey('c', null)).toBe(plainKey);
  expect(made({ sealing: false }).heldKey('c', Buffer.alloc(0))).toBe('destroyed');
});

test('a plain value is forged where nothing plain can be', () => {
  expect(made().isForged(Buffer.of(0, 1))).toBe(true);
  expect(made().isForged(Buffer.of(1, 1))).toBe(false);
  expect(made({ sealedOnly: false }).isForged(Buffer.of(0, 1))).toBe(false);
  // The row of a whole tenant may say what it likes.
  expect(made({ sealedOnly: false, whole: true }).isForged(Buffer.of(0, 1))).toBe(true);
});
