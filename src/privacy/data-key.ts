import { createSecretKey, type KeyObject } from 'node:crypto';
import { randomPool } from './random-pool.ts';

/**
 * The key of one customer, under which all that is personal of it is sealed. It shows its bytes to nobody who prints it.
 * `plainKey` stands for sealing that is switched off for a benchmark.
 */
export type DataKey = KeyObject | SecretBytes | typeof plainKey;

/**
 * Bytes of a key that nobody sees who prints them. A KeyObject does the same, but stands for memory outside the heap, which
 * costs more than all else of opening a record when every read makes one.
 */
export class SecretBytes {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, as KeyObject has it. */
  export(): Buffer {
    return this.#bytes;
  }
}

/** A key as `node:crypto` takes it. */
export const cipherKey = (key: KeyObject | SecretBytes): KeyObject | Buffer =>
  key instanceof SecretBytes ? key.export() : key;

/**
 * What is held of a customer's key: the key, or why there is none. With `none`, what was stored before there were keys is
 * still read; `unreadable` is what somebody changed in storage.
 */
export type HeldKey = DataKey | 'none' | 'destroyed' | 'unreadable';

/** Seals nothing, so that a benchmark can tell what sealing costs. */
export const plainKey = Symbol('plain');

/** Makes a key: 32 random bytes. */
export const newDataKey = (): KeyObject => createSecretKey(randomPool(32));

/** The key, where there is one. */
export const keyIn = (held: HeldKey | undefined): DataKey | undefined =>
  typeof held === 'string' ? undefined : held;
