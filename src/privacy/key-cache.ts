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
export const keyCache = ({ most = 131_072, keptMs = 30_000, now = Date.now } = {}): KeyCache => {
  const sets = 2 ** Math.ceil(Math.log2(most / waysOfSet));
  const probe = Buffer.alloc(nameBytes);
  const times = new Float64Array(sets * waysOfSet).fill(never);
  let slots: Buffer | undefined;
  let sweptAt = now();

  const sweep = (at: number): void => {
    if (at - sweptAt < keptMs) return;
    sweptAt = at;
    for (let slot = 0; slot < times.length; slot++) {
      const usedAt = times[slot] as number;
      if (usedAt === never || at - usedAt < keptMs) continue;
      times[slot] = never;
      slots?.fill(0, slot * slotBytes, (slot + 1) * slotBytes);
    }
  };
  /** The slots in which the key may lie; `probe` says then what it is found by. */
  const placesOf = (owner: string, wrapped: Buffer): number[] => {
    probe.fill(0).set(wrapped);
    probe.write(owner, wrappedBytes, 'latin1');
    const first = (nonceOf(wrapped).readUInt32LE(0) % sets) * waysOfSet;
    return [first, first + 1];
  };
  const fits = (owner: string, wrapped: Buffer): boolean => owner.length <= ownerBytes && isWrapped(wrapped);
  return {
    get(owner, wrapped) {
      const at = now();
      sweep(at);
      if (!slots || !fits(owner, wrapped)) return undefined;
      for (const slot of placesOf(owner, wrapped)) {
        const start = slot * slotBytes;
        if (probe.compare(slots, start, start + nameBytes) !== 0) continue;
        times[slot] = at;
        // A copy: the slot may be another one's before the key was used.
        return new SecretBytes(Buffer.from(slots.subarray(start + nameBytes, start + slotBytes)));
      }
      return undefined;
    },
    set(owner, wrapped, key) {
      if (!fits(owner, wrapped)) return;
      slots ??= Buffer.alloc(sets * waysOfSet * slotBytes);
      const [one, other] = placesOf(owner, wrapped) as [number, number];
      const slot = (times[one] as number) <= (times[other] as number) ? one : other;
      slots.set(probe, slot * slotBytes);
      slots.set(key.export(), slot * slotBytes + nameBytes);
      times[slot] = now();
    },
  };
};

/** A key lies in one of two slots, the one that was used earlier makes room. */
const waysOfSet = 2;
const never = -1;
const keyBytes = 32;
const ownerBytes = 96;
const nameBytes = wrappedBytes + ownerBytes;
const slotBytes = nameBytes + keyBytes;
