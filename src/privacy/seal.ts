import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { Json } from '../schema/json.ts';
import { cipherKey, type DataKey, type HeldKey, plainKey, type SecretBytes } from './data-key.ts';
import { randomPool } from './random-pool.ts';

/** What a sealed value belongs to; a value sealed for one place can't be opened in another. */
export interface SealPlace {
  kind: 'record' | 'history' | 'snapshot' | 'reply' | 'request' | 'result' | 'reason' | 'access';
  tenantId: string;
  customerId: string;
  version: number;
  /** Tells values of one customer apart that no version does. */
  name?: string;
}

/**
 * Closes a value for storage: AES-256-GCM (NIST SP 800-38D) under the customer's data key, with a random nonce of 96
 * bits, bound to its place by the associated data. Every personal value that reaches the database passes here, and
 * `unseal` is its only way back. The form is a format byte, nonce, ciphertext and tag; format 0 is the plain form that
 * was written before there were keys.
 */
export const seal = (value: Json, key: DataKey, place: SealPlace): Buffer =>
  sealContent(JSON.stringify(value), key, place);

/** The same for JSON that is a text already, or the bytes of one in UTF-8. */
export const sealContent = (content: string | Buffer, key: DataKey, place: SealPlace): Buffer =>
  key === plainKey ? plain(content) : closed(content, key, place, customersForm);

/**
 * The same for a value that belongs to no customer, like the refusal of a change of one that is not there: it is sealed
 * under a key of the tenant, and says so.
 */
export const sealUnowned = (content: string | Buffer, tenantKey: KeyObject, place: SealPlace): Buffer =>
  closed(content, tenantKey, place, tenantsForm);

const closed = (
  content: string | Buffer,
  key: KeyObject | SecretBytes,
  place: SealPlace,
  form: number,
): Buffer => {
  const nonce = randomPool(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key), nonce);
  cipher.setAAD(associated(place));
  const ciphertext = typeof content === 'string' ? cipher.update(content, 'utf8') : cipher.update(content);
  cipher.final();
  const sealed = Buffer.allocUnsafe(contentStart + ciphertext.length + tagBytes);
  sealed[0] = form;
  sealed.set(nonce, 1);
  sealed.set(ciphertext, contentStart);
  sealed.set(cipher.getAuthTag(), contentStart + ciphertext.length);
  return sealed;
};

/**
 * Opens what `seal` closed. Throws an Error that tells nothing of the content when the form is unknown, the key is
 * missing or another one, the bytes were changed, or they belong to another place.
 */
export const unseal = (sealed: Buffer, held: HeldKey, place: SealPlace): Json =>
  JSON.parse(unsealText(sealed, held, place)) as Json;

/** Opens what `sealContent` closed, as a text. */
export const unsealText = (sealed: Buffer, held: HeldKey, place: SealPlace, tenantsKey?: KeyObject): string =>
  unsealBytes(sealed, held, place, tenantsKey).toString('utf8');

/** The same as bytes: what is sent or sealed again as it is need not become a text. */
export const unsealBytes = (
  sealed: Buffer,
  held: HeldKey,
  place: SealPlace,
  tenantsKey?: KeyObject,
): Buffer => {
  if (isPlain(sealed) && held !== 'unreadable') return sealed.subarray(1);
  if (sealed[0] === undefined || sealed[0] > tenantsForm) throw new Error(`Unknown seal format ${sealed[0]}`);
  const key = isUnowned(sealed) ? tenantsKey : held;
  if (key === undefined || typeof key !== 'object')
    throw new Error(`The key of a sealed ${place.kind} is missing`);
  const end = sealed.length - tagBytes;
  if (end < contentStart) throw new Error(`A sealed ${place.kind} is cut short`);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    cipherKey(key),
    sealed.subarray(1, contentStart),
    tagOptions,
  );
  decipher.setAAD(associated(place));
  decipher.setAuthTag(sealed.subarray(end));
  const content = decipher.update(sealed.subarray(contentStart, end));
  try {
    decipher.final();
  } catch {
    throw new Error(`A sealed ${place.kind} was changed, moved, or sealed under another key`);
  }
  return content;
};

/** Whether a value lies in the plain form of before there were keys. */
export const isPlain = (sealed: Buffer): boolean => sealed[0] === plainForm;

/** Whether a value was sealed as one that belongs to no customer. */
const isUnowned = (sealed: Buffer): boolean => sealed[0] === tenantsForm;

const plainForm = 0;
const customersForm = 1;
const tenantsForm = 2;
const nonceBytes = 12;
const tagBytes = 16;
const contentStart = 1 + nonceBytes;
const tagOptions = { authTagLength: tagBytes };

/** Kinds, ids and versions hold no bar, so no two places read the same. */
const associated = ({ kind, tenantId, customerId, version, name = '' }: SealPlace): Buffer =>
  Buffer.from(`${kind}|${tenantId}|${customerId}|${version}|${name}`);

const plain = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.of(plainForm), typeof content === 'string' ? Buffer.from(content) : content]);
