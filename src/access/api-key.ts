import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { uuidBytes, uuidText } from '../uuid.ts';
import { decodeBase62, encodeBase62 } from './base62.ts';

/** A key that was just made. `secret` is shown once and never stored; the other parts are stored. */
export interface NewApiKey {
  /** The key's public name, `key_` and 11 characters. */
  keyId: string;
  /** The whole text that a client sends. */
  secret: string;
  /** SHA-256 of `secret`, 32 bytes. */
  hash: Buffer;
  /** The beginning of `secret` that tells keys apart and gives nothing away. */
  prefix: string;
}

/** What the text of a key says about itself; true only when the stored hash matches as well. */
interface ApiKeyName {
  tenantId: string;
  keyId: string;
}

/**
 * Makes a new API key of a tenant: `cus_<tenant><id>_<secret><checksum>`, all parts base62 of a fixed width
 * (16, 8 and 24 bytes, then the CRC-32 of all that precedes). The tenant in the text lets a request be
 * answered by that tenant's rows alone; the fixed form and the checksum let leaked keys be found by scanners
 * and typing errors be told without the database. Throws a TypeError when the tenant id is not a UUID.
 */
export function createApiKey(tenantId: string, random: (size: number) => Buffer = randomBytes): NewApiKey {
  const id = encodeBase62(random(8));
  const prefix = `cus_${encodeBase62(uuidBytes(tenantId))}${id}`;
  const unchecked = `${prefix}_${encodeBase62(random(24))}`;
  const secret = unchecked + checksum(unchecked);
  return { keyId: `key_${id}`, secret, hash: hashApiKey(secret), prefix };
}

/**
 * Reads the tenant and the key id out of a key's text, without judging whether the key is live.
 * Undefined when the shape, a length, a part's range or the checksum is wrong.
 */
export function parseApiKey(text: string): ApiKeyName | undefined {
  const [, tenant, id, secret, check] = shape.exec(text) ?? [];
  if (tenant === undefined || id === undefined || secret === undefined || check === undefined)
    return undefined;
  if (checksum(text.slice(0, -check.length)) !== check) return undefined;
  const tenantBytes = decodeBase62(tenant, 16);
  if (!tenantBytes || !decodeBase62(id, 8) || !decodeBase62(secret, 24)) return undefined;
  return { tenantId: uuidText(tenantBytes), keyId: `key_${id}` };
}

/**
 * The form in which a key is stored: SHA-256 of the whole text, 32 bytes. A slow password hash would add
 * nothing, because the secret is 192 random bits and cannot be guessed, and would cost time on every request.
 */
export function hashApiKey(text: string): Buffer {
  return Buffer.from(digestOf(text), 'latin1');
}

/** The same hash as a text of a character for each byte, which is made in half the time: every request makes one. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'binary');
}

/** Whether a key's text has this stored hash; takes the same time wherever the two differ. */
export function matchesHash(text: string, hash: Uint8Array): boolean {
  const actual = hashApiKey(text);
  return hash.length === actual.length && timingSafeEqual(actual, hash);
}

const shape = /^cus_([0-9A-Za-z]{22})([0-9A-Za-z]{11})_([0-9A-Za-z]{33})([0-9A-Za-z]{6})$/;

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return encodeBase62(bytes);
}
