import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { SecretBytes } from './data-key.ts';
import { randomPool } from './random-pool.ts';

/** What a wrapped key belongs to; it can't be unwrapped as anything else. */
export interface WrapPlace {
  /** What the key is for, and whose it is. */
  purpose: string;
  /** The generation of the key that wraps it. */
  generation: number;
}

/**
 * Wraps a key of 32 bytes under another one (AES-256-GCM, random nonce, the place as associated data). The form is a
 * format byte, the wrapping key's generation in four bytes, nonce, ciphertext and tag.
 */
export const wrapKey = (key: Pick<SecretBytes, 'export'>, wrapping: KeyObject, place: WrapPlace): Buffer => {
  const head = Buffer.alloc(headBytes);
  head[0] = format;
  head.writeUInt32BE(place.generation, 1);
  const nonce = randomPool(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce);
  cipher.setAAD(associated(place));
  const content = cipher.update(key.export());
  cipher.final();
  return Buffer.concat([head, nonce, content, cipher.getAuthTag()]);
};

/** Unwraps what `wrapKey` wrapped. Throws an Error when it was changed or moved, or wrapped by another key. */
export const unwrapKey = (wrapped: Buffer, wrapping: KeyObject, place: WrapPlace): KeyObject => {
  const bytes = unwrapBytes(wrapped, wrapping, place);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
};

/** The same, for the bytes alone. */
export const unwrapBytes = (wrapped: Buffer, wrapping: KeyObject, place: WrapPlace): Buffer => {
  if (!isWrapped(wrapped)) throw new Error('A wrapped key has an unknown form');
  const start = headBytes + nonceBytes;
  const options = { authTagLength: tagBytes };
  const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(headBytes, start), options);
  decipher.setAAD(associated(place));
  decipher.setAuthTag(wrapped.subarray(-tagBytes));
  const bytes = decipher.update(wrapped.subarray(start, -tagBytes));
  try {
    decipher.final();
  } catch {
    throw new Error('A wrapped key was changed, moved, or wrapped by another key');
  }
  return bytes;
};

/** Whether these bytes have the form of a wrapped key. */
export const isWrapped = (bytes: Buffer): boolean => bytes.length === wrappedBytes && bytes[0] === format;

/** The generation of the key that wrapped this one. */
export const generationOf = (wrapped: Buffer): number => wrapped.readUInt32BE(1);

const format = 1;
const headBytes = 5;
const nonceBytes = 12;
const tagBytes = 16;
/** The length of a wrapped key. */
export const wrappedBytes = headBytes + nonceBytes + 32 + tagBytes;

const associated = ({ purpose, generation }: WrapPlace): Buffer => Buffer.from(`${purpose}|${generation}`);
