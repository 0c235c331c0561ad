import { SecretBytes } from './data-key.ts';
import { isWrapped, wrappedBytes } from './wrap-key.ts';

/** Unwrapped keys of late. An owner has one key for as long as it has any. */
export interface KeyCache {
  /** The key of an owner; with `wrapped`, only if these are the very bytes that were unwrapped. */
  get(owner: string, wrapped?: Buffer): SecretBytes | undefined;
  set(owner: string, wrapped: Buffer, key: SecretBytes): void;
}

/**
 * Makes a cache. Every use begins with what lies in the database now, the wrapped key or a customer who is not erased, so
 * a key that was destroyed is never used, in no process, from that moment on; what is no longer asked for is overwritten
 * within twice `keptMs`, or sooner when there are many. Keys lie in one piece of memory that the collector never looks at:
 * as objects of their own, those of a hundred thousand customers cost more than to unwrap them again. A timer runs while
 * there are keys and holds up no end of the process, so there is nothing to close.
 */
export const keyCache = ({ most = 131_072, keptMs = 60_000 } = {}): KeyCache => {
  const sets = 2 ** Math.ceil(Math.log2(most / waysOfSet));
  const times = new Float64Array(sets * waysOfSet).fill(never);
  /** A digest of each owner, so that hardly any other one is ever compared in full. */
  const tags = new Uint32Array(sets * waysOfSet);
  let slots: Buffer | undefined;
  let taken = 0;
  let unswept = 0;
  let sweeping: NodeJS.Timeout | undefined;

  /** Looks at the next part of the slots, so that no request has to wait for all of them. */
  const sweep = (): void => {
    const at = Date.now();
    const end = unswept + Math.ceil(times.length / partsOfSweep);
    for (; unswept < end && unswept < times.length; unswept++) {
      const usedAt = times[unswept] as number;
      if (usedAt === never || at - usedAt < keptMs) continue;
      times[unswept] = never;
      slots?.fill(0, unswept * slotBytes, (unswept + 1) * slotBytes);
      taken -= 1;
    }
    if (unswept === times.length) unswept = 0;
    if (taken > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  };
  const firstOf = (tag: number): number => (tag % sets) * waysOfSet;
  return {
    get(owner, wrapped) {
      if (!slots || owner.length > ownerBytes) return undefined;
      const tag = digestOf(owner);
      const first = firstOf(tag);
      for (let slot = first; slot < first + waysOfSet; slot++) {
        if (tags[slot] !== tag || !holds(slots, slot * slotBytes, owner, wrapped)) continue;
        times[slot] = Date.now();
        // A copy: the slot may be another one's before the key was used.
        const key = Buffer.allocUnsafe(keyBytes);
        slots.copy(key, 0, slot * slotBytes + nameBytes, (slot + 1) * slotBytes);
        return new SecretBytes(key);
      }
      return undefined;
    },
    set(owner, wrapped, key) {
      if (owner.length > ownerBytes || !isWrapped(wrapped)) return;
      slots ??= Buffer.alloc(times.length * slotBytes);
      const tag = digestOf(owner);
      const slot = slotFor(slots, times, firstOf(tag), owner);
      const start = slot * slotBytes;
      slots.set(wrapped, start);
      const ownerEnd = start + wrappedBytes + slots.write(owner, start + wrappedBytes, 'latin1');
      if (owner.length < ownerBytes) slots[ownerEnd] = 0;
      slots.set(key.export(), start + nameBytes);
      tags[slot] = tag;
      if (times[slot] === never) taken += 1;
      times[slot] = Date.now();
      sweeping ??= setInterval(sweep, keptMs / partsOfSweep).unref();
    },
  };
};

/** A key lies in any slot of its set; the one that was used earliest makes room. */
const waysOfSet = 4;
/** All slots are looked at once in `keptMs`. */
const partsOfSweep = 32;
const never = -1;
const keyBytes = 32;
const ownerBytes = 96;
const nameBytes = wrappedBytes + ownerBytes;
const slotBytes = nameBytes + keyBytes;

/** Whether the slot that starts here is of this very owner, and of this wrapped key. */
const holds = (slots: Buffer, start: number, owner: string, wrapped?: Buffer): boolean => {
  const ownerStart = start + wrappedBytes;
  const ownerEnd = ownerStart + owner.length;
  return (
    (wrapped === undefined || wrapped.compare(slots, start, ownerStart) === 0) &&
    slots.toString('latin1', ownerStart, ownerEnd) === owner &&
    (owner.length === ownerBytes || slots[ownerEnd] === 0)
  );
};

/** The slot that is the owner's already, or else the one that was used earliest. */
const slotFor = (slots: Buffer, times: Float64Array, first: number, owner: string): number => {
  let oldest = first;
  for (let slot = first; slot < first + waysOfSet; slot++) {
    if (times[slot] !== never && holds(slots, slot * slotBytes, owner)) return slot;
    if ((times[slot] as number) < (times[oldest] as number)) oldest = slot;
  }
  return oldest;
};

/** 32 bits of a name (FNV-1a); what they find is compared in full. */
const digestOf = (owner: string): number => {
  let digest = 0x811c9dc5;
  for (let at = 0; at < owner.length; at++) digest = Math.imul(digest ^ owner.charCodeAt(at), 0x01000193);
  return digest >>> 0;
};
