import { SecretBytes } from './data-key.ts';
import { isWrapped, nonceOf, wrappedBytes } from './wrap-key.ts';

/** Unwrapped keys of late. A key is found by its owner and the very bytes that were unwrapped, and by nothing newer. */
export interface KeyCache {
  get(owner: string, wrapped: Buffer): SecretBytes | undefined;
  set(owner: string, wrapped: Buffer, key: SecretBytes): void;
}

/**
 * Makes a cache. Every use begins with the wrapped key as it lies in the database now, so a key that was destroyed or
 * wrapped anew is never found here, in no process, from that moment on; what is no longer asked for is overwritten within
 * twice `keptMs`, or sooner when there are many. Keys lie in one piece of memory that the collector never looks at: as
 * objects of their own, those of a hundred thousand customers cost more than to unwrap them again.
 */
export const keyCache = ({ most = 131_072, keptMs = 60_000, now = Date.now } = {}): KeyCache => {
  const sets = 2 ** Math.ceil(Math.log2(most / waysOfSet));
  const times = new Float64Array(sets * waysOfSet).fill(never);
  /** A part of each wrapped key that is random, so that hardly any other one is ever compared in full. */
  const tags = new Uint32Array(sets * waysOfSet);
  let slots: Buffer | undefined;
  let sweptAt = now();
  let unswept = times.length;

  /** Looks at a part of the slots, so that no call has to wait for all of them. */
  const sweep = (at: number): void => {
    if (at - sweptAt >= keptMs) [sweptAt, unswept] = [at, 0];
    for (const end = Math.min(unswept + sweptAtOnce, times.length); unswept < end; unswept++) {
      const usedAt = times[unswept] as number;
      if (usedAt === never || at - usedAt < keptMs) continue;
      times[unswept] = never;
      slots?.fill(0, unswept * slotBytes, (unswept + 1) * slotBytes);
    }
  };
  const firstOf = (nonce: Buffer): number => (nonce.readUInt32LE(0) % sets) * waysOfSet;
  const fits = (owner: string, wrapped: Buffer): boolean => owner.length <= ownerBytes && isWrapped(wrapped);
  return {
    get(owner, wrapped) {
      const at = now();
      sweep(at);
      if (!slots || !fits(owner, wrapped)) return undefined;
      const nonce = nonceOf(wrapped);
      const [first, tag] = [firstOf(nonce), nonce.readUInt32LE(4)];
      for (let slot = first; slot < first + waysOfSet; slot++) {
        if (tags[slot] !== tag || !holds(slots, slot * slotBytes, owner, wrapped)) continue;
        times[slot] = at;
        // A copy: the slot may be another one's before the key was used.
        const key = Buffer.allocUnsafe(keyBytes);
        slots.copy(key, 0, slot * slotBytes + nameBytes, (slot + 1) * slotBytes);
        return new SecretBytes(key);
      }
      return undefined;
    },
    set(owner, wrapped, key) {
      if (!fits(owner, wrapped)) return;
      slots ??= Buffer.alloc(times.length * slotBytes);
      const nonce = nonceOf(wrapped);
      const slot = oldestOf(times, firstOf(nonce));
      const start = slot * slotBytes;
      slots.set(wrapped, start);
      const ownerEnd = start + wrappedBytes + slots.write(owner, start + wrappedBytes, 'latin1');
      if (owner.length < ownerBytes) slots[ownerEnd] = 0;
      slots.set(key.export(), start + nameBytes);
      tags[slot] = nonce.readUInt32LE(4);
      times[slot] = now();
    },
  };
};

/** A key lies in any slot of its set; the one that was used earliest makes room. */
const waysOfSet = 4;
const sweptAtOnce = 4096;
const never = -1;
const keyBytes = 32;
const ownerBytes = 96;
const nameBytes = wrappedBytes + ownerBytes;
const slotBytes = nameBytes + keyBytes;

/** Whether the slot that starts here is of this very owner and wrapped key. */
const holds = (slots: Buffer, start: number, owner: string, wrapped: Buffer): boolean => {
  const ownerStart = start + wrappedBytes;
  const ownerEnd = ownerStart + owner.length;
  return (
    wrapped.compare(slots, start, ownerStart) === 0 &&
    slots.toString('latin1', ownerStart, ownerEnd) === owner &&
    (owner.length === ownerBytes || slots[ownerEnd] === 0)
  );
};

const oldestOf = (times: Float64Array, first: number): number => {
  let oldest = first;
  for (let slot = first + 1; slot < first + waysOfSet; slot++) {
    if ((times[slot] as number) < (times[oldest] as number)) oldest = slot;
  }
  return oldest;
};
