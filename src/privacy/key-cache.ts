import type { KeyObject } from 'node:crypto';

/** Unwrapped data keys of late. An entry is good for the very bytes that were unwrapped, and for nothing newer. */
export interface KeyCache {
  get(customerId: string, wrapped: Buffer): KeyObject | undefined;
  set(customerId: string, wrapped: Buffer, key: KeyObject): void;
}

/**
 * Makes a cache. Every use begins with the wrapped key as it lies in the database now, so a key that was destroyed or
 * wrapped anew is never found here, in no process, from that moment on; what is no longer asked for is let go within
 * twice `keptMs` of use, or sooner when there are many.
 */
export const keyCache = ({ most = 10_000, keptMs = 30_000, now = Date.now } = {}): KeyCache => {
  let young = new Map<string, Entry>();
  let old = new Map<string, Entry>();
  let since = now();
  const age = () => {
    if (young.size < most && now() - since < keptMs) return;
    old = now() - since < 2 * keptMs ? young : new Map();
    young = new Map();
    since = now();
  };
  return {
    get(customerId, wrapped) {
      age();
      const entry = young.get(customerId) ?? old.get(customerId);
      if (!entry?.wrapped.equals(wrapped)) return undefined;
      if (!young.has(customerId)) young.set(customerId, entry);
      return entry.key;
    },
    set(customerId, wrapped, key) {
      // A copy of its own: a row's bytes are a view of all that was read with them.
      young.set(customerId, { wrapped: Buffer.from(wrapped), key });
      old.delete(customerId);
    },
  };
};

interface Entry {
  wrapped: Buffer;
  key: KeyObject;
}
