import type { KeyObject } from 'node:crypto';
import { type DataKey, type HeldKey, plainKey, SecretBytes } from './data-key.ts';
import type { KeyCache } from './key-cache.ts';
import { isPlain } from './seal.ts';
import { generationOf, isWrapped, unwrapBytes, unwrapKey, type WrapPlace, wrapKey } from './wrap-key.ts';

/** The keys of one tenant as a process holds them: they wrap and unwrap what lies in the database. */
export interface TenantKeys {
  /** Keys lookup tokens, page tokens and session tokens. */
  secret: Buffer;
  /** The secret of another purpose. */
  ownSecret(purpose: OwnSecret): KeyObject;
  /** The generation that wraps. */
  generation: number;
  wrapDataKey(customerId: string, key: DataKey): Buffer;
  /**
   * The key of a customer from its stored form: null where there never was one, empty where it was destroyed. Never
   * throws but for an unknown generation, so that one row that was tampered with fails nobody else.
   */
  heldKey(customerId: string, wrapped: Buffer | null): HeldKey;
  /**
   * The key of a customer where it was unwrapped of late; good for a customer alone of whom the database says now that it
   * is there and not erased.
   */
  recentKey(customerId: string): DataKey | undefined;
  wrapSecret(purpose: string, secret: KeyObject): Buffer;
  unwrapSecret(purpose: string, wrapped: Buffer): KeyObject;
  /** Everything of the tenant is sealed and chained: what its own key says, and nobody without it can unsay. */
  whole: boolean;
  /** Nothing of the tenant lies plain. */
  sealedOnly: boolean;
  /** Whether a value lies plain where none can: somebody put it there. */
  isForged(value: Buffer): boolean;
}

/** What a tenant has a secret of its own for: the chains of its history, and its signature. */
export type OwnSecret = 'chain' | 'signing';

/** Thrown when something was wrapped by a generation that this process has not read yet. */
export class UnknownGeneration extends Error {}

/** What a tenant's keys are made of. */
export interface TenantKeyParts {
  tenantId: string;
  generations: ReadonlyMap<number, KeyObject>;
  current: number;
  secret: Buffer;
  ownSecrets?: ReadonlyMap<OwnSecret, KeyObject>;
  /** Everything of the tenant is sealed and chained. */
  whole: boolean;
  /** Whether its row says that nothing of a tenant that is not whole lies plain. */
  sealedOnly: boolean;
  /** False where a benchmark switched sealing off. */
  sealing: boolean;
}

/** Makes the keys of a tenant, with a cache where keys of customers are read again. Unwrapping throws UnknownGeneration; a secret also an Error when it was tampered with. */
export const tenantKeys = (parts: TenantKeyParts, cache?: KeyCache): TenantKeys => {
  const { tenantId, current, secret, ownSecrets, whole, sealing } = parts;
  const sealedOnly = whole || parts.sealedOnly;
  const { wrap, unwrap } = wrapper(parts);
  return {
    secret,
    ownSecret(purpose) {
      const own = ownSecrets?.get(purpose);
      if (!own) throw new Error('A secret of the tenant was not read');
      return own;
    },
    generation: current,
    wrapDataKey(customerId, key) {
      if (key === plainKey) throw new Error('A benchmark without sealing has no keys to keep');
      return wrap(dataKeyOf(tenantId, customerId), key);
    },
    heldKey(customerId, wrapped) {
      if (wrapped?.length === 0) return 'destroyed';
      if (!sealing) return plainKey;
      if (wrapped === null) return 'none';
      const owner = dataKeyOf(tenantId, customerId);
      const known = cache?.get(owner, wrapped);
      if (known) return known;
      try {
        const key = new SecretBytes(unwrap(unwrapBytes, owner, wrapped));
        cache?.set(owner, wrapped, key);
        return key;
      } catch (error) {
        if (error instanceof UnknownGeneration) throw error;
        return 'unreadable';
      }
    },
    recentKey: (customerId) => (sealing ? cache?.get(dataKeyOf(tenantId, customerId)) : undefined),
    wrapSecret: (purpose, key) => wrap(secretOf(tenantId, purpose), key),
    unwrapSecret: (purpose, wrapped) => unwrap(unwrapKey, secretOf(tenantId, purpose), wrapped),
    whole,
    sealedOnly,
    isForged: (value) => sealedOnly && isPlain(value),
  };
};

/** Wraps by the generation that wraps, and unwraps by the one that wrapped. */
const wrapper = ({ generations, current }: Pick<TenantKeyParts, 'generations' | 'current'>) => {
  const wrapping = (generation: number): KeyObject => {
    const key = generations.get(generation);
    if (!key) throw new UnknownGeneration('A key was wrapped by an unknown generation of the tenant key');
    return key;
  };
  return {
    wrap: (purpose: string, key: KeyObject | SecretBytes): Buffer =>
      wrapKey(key, wrapping(current), { purpose, generation: current }),
    unwrap<Key>(unwrapped: Unwrap<Key>, purpose: string, wrapped: Buffer): Key {
      if (!isWrapped(wrapped)) throw new Error('A wrapped key has an unknown form');
      const generation = generationOf(wrapped);
      return unwrapped(wrapped, wrapping(generation), { purpose, generation });
    },
  };
};

type Unwrap<Key> = (wrapped: Buffer, wrapping: KeyObject, place: WrapPlace) => Key;

/** The same keys, where all generations were just read: what another one wrapped is unreadable then, and throws no UnknownGeneration. */
export const allKnown = (keys: TenantKeys): TenantKeys => ({
  ...keys,
  unwrapSecret(purpose, wrapped) {
    try {
      return keys.unwrapSecret(purpose, wrapped);
    } catch (cause) {
      throw new Error('A secret of the tenant was changed, or wrapped by another key', { cause });
    }
  },
  heldKey(customerId, wrapped) {
    try {
      return keys.heldKey(customerId, wrapped);
    } catch (error) {
      if (error instanceof UnknownGeneration) return 'unreadable';
      throw error;
    }
  },
});

/** What a source binds a tenant's key to. */
export const tenantKeyOf = (tenantId: string, generation: number): string =>
  `tenant key|${tenantId}|${generation}`;

const dataKeyOf = (tenantId: string, customerId: string): string => `data key|${tenantId}|${customerId}`;

/** What a tenant's key binds a secret of the tenant to. */
const secretOf = (tenantId: string, purpose: string): string => `secret|${tenantId}|${purpose}`;
