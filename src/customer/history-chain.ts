import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { writeUuid } from '../uuid.ts';

/**
 * What an entry's hash commits to: all of its row. Texts and bytes are those that are stored, so that an erasure, which
 * destroys the key of what is sealed, leaves every hash as it was.
 */
export interface HashedEntry {
  customerId: string;
  version: number;
  /** Milliseconds since 1970. */
  recordedAt: number;
  principal: Stored;
  contract: Stored;
  operation: Stored;
  open: Stored;
  sealed: Buffer;
  snapshot: Buffer | null;
}

/** A text, or its bytes in UTF-8. */
type Stored = string | Buffer;

/** The hash before the first one of a chain. */
export const noHash: Buffer = Buffer.alloc(32);

/**
 * The hash of an entry (SHA-256) over the hash before it and all of its row. Fields have a fixed length or their length
 * before them, and a name of this use begins it, so that no two entries read the same. The open, sealed and snapshot
 * parts go in as their digests; 32 zero bytes stand for no snapshot.
 */
export const entryHash = (tenantId: string, entry: HashedEntry, previous: Buffer): Buffer =>
  Buffer.from(entryDigest(tenantId, entry, previous), 'latin1');

/** Whether an entry has this hash. */
export const isEntryHash = (
  tenantId: string,
  entry: HashedEntry,
  previous: Buffer,
  expected: Buffer,
): boolean => entryDigest(tenantId, entry, previous) === expected.toString('latin1');

/** A customer whose chain ends somewhere. */
interface ChainEnd {
  customerId: string;
  number: number;
  version: number;
  head: Buffer;
}

/**
 * The code that binds a customer to the newest hash of its chain (HMAC-SHA-256): who has the database alone, and not the
 * tenant's secret, can make a chain anew but not its code.
 */
export const headMac = (secret: KeyObject, tenantId: string, end: ChainEnd): Buffer => {
  const message = Buffer.allocUnsafe(headBytes);
  let at = message.write(headUse, 0, 'latin1');
  at += writeUuid(message, tenantId, at);
  at += writeUuid(message, end.customerId, at);
  at = writeWhole(message, end.number, at);
  at = writeWhole(message, end.version, at);
  end.head.copy(message, at);
  return createHmac('sha256', secret).update(message).digest();
};

/** Whether the code of a customer is the one that its secret makes. */
export const isHeadMac = (secret: KeyObject, tenantId: string, end: ChainEnd, mac: Buffer): boolean =>
  mac.length === 32 && end.head.length === 32 && timingSafeEqual(headMac(secret, tenantId, end), mac);

const entryDigest = (tenantId: string, entry: HashedEntry, previous: Buffer): string => {
  const { principal, contract, operation } = entry;
  const texts = principal.length + contract.length + operation.length;
  // Three bytes are the most that UTF-8 takes for a UTF-16 unit.
  const message = Buffer.allocUnsafe(fixedBytes + 3 * texts);
  let at = startOf(tenantId, entry.customerId).copy(message);
  at = writeWhole(message, entry.version, at);
  at = writeWhole(message, entry.recordedAt, at);
  at = writeText(message, principal, at);
  at = writeText(message, contract, at);
  at = writeText(message, operation, at);
  at += message.write(isNone(entry.open) ? noChanges : digest(entry.open), at, 'latin1');
  at += message.write(digest(entry.sealed), at, 'latin1');
  if (entry.snapshot) at += message.write(digest(entry.snapshot), at, 'latin1');
  else at += noHash.copy(message, at);
  at += previous.copy(message, at);
  return digest(message.subarray(0, at));
};

/** What all entries of a customer begin with, made once for those that come one after the other. */
const startOf = (tenantId: string, customerId: string): Buffer => {
  if (start.customerId !== customerId || start.tenantId !== tenantId) {
    const bytes = Buffer.allocUnsafe(entryUse.length + 32);
    const at = bytes.write(entryUse, 0, 'latin1');
    writeUuid(bytes, customerId, at + writeUuid(bytes, tenantId, at));
    start = { tenantId, customerId, bytes };
  }
  return start.bytes;
};

let start = { tenantId: '', customerId: '', bytes: Buffer.alloc(0) };

const isNone = (open: Stored): boolean =>
  typeof open === 'string' ? open === '[]' : open.length === 2 && open[0] === 0x5b && open[1] === 0x5d;

const entryUse = 'customary history entry 1\n';
const headUse = 'customary history head 1\n';
const fixedBytes = entryUse.length + 2 * 16 + 2 * 8 + 3 * 4 + 4 * 32;
const headBytes = headUse.length + 2 * 16 + 2 * 8 + 32;

/** A digest as a text of bytes, which is made in half the time of a buffer. */
const digest = (bytes: string | Buffer): string => hash('sha256', bytes, 'binary');

const noChanges = digest('[]');

/** A whole number that JavaScript holds exactly, in eight bytes. */
const writeWhole = (into: Buffer, value: number, at: number): number =>
  into.writeUInt32BE((value % 2 ** 32) >>> 0, into.writeInt32BE(Math.floor(value / 2 ** 32), at));

const writeText = (into: Buffer, text: Stored, at: number): number => {
  const length = typeof text === 'string' ? into.write(text, at + 4, 'utf8') : text.copy(into, at + 4);
  into.writeUInt32BE(length, at);
  return at + 4 + length;
};
