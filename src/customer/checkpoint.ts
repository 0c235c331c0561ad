import { hash } from 'node:crypto';
import { type PublicJwk, type SigningKey, verifyJws } from '../privacy/signing-key.ts';
import { uuidText, writeUuid } from '../uuid.ts';

/** Where the chain of a customer ended at a checkpoint. */
export interface Head {
  customerId: string;
  version: number;
  hash: Buffer;
}

/** What a checkpoint says under the tenant's signature. */
export interface CheckpointStatement {
  tenant: string;
  /** From 1 on, without a gap. */
  sequence: number;
  recordedAt: string;
  /** Changes up to this instant are in this checkpoint or those before. */
  through: string;
  /** The digest of the checkpoint before. */
  previous: string | null;
  /** How many customers' heads stand in it, and the digest (SHA-256, base64url) of all of them. */
  customers: number;
  heads: string;
  /** The newest customer number. */
  lastNumber: number;
}

/** A checkpoint as it lies in storage. */
export interface CheckpointRow {
  sequence: number;
  recordedAt: Date;
  heads: Buffer;
  jws: string;
}

/** Makes a checkpoint of these heads. */
export const makeCheckpoint = (
  key: SigningKey,
  statement: Omit<CheckpointStatement, 'heads' | 'customers' | 'recordedAt'> & { recordedAt: Date },
  heads: Head[],
): CheckpointRow => {
  const { sequence, recordedAt } = statement;
  const bytes = encodeHeads(heads);
  const said = { customers: heads.length, heads: digestOf(bytes), recordedAt: recordedAt.toISOString() };
  return { sequence, recordedAt, heads: bytes, jws: key.sign({ ...statement, ...said }, type) };
};

/** What a checkpoint says, when the tenant signed it and its row says the same; undefined otherwise. */
export const statementOf = (
  row: CheckpointRow,
  tenantId: string,
  keys: readonly PublicJwk[],
): CheckpointStatement | undefined => {
  const said = verifyJws(row.jws, keys, type) as unknown as CheckpointStatement | undefined;
  const same =
    said?.tenant === tenantId &&
    said.sequence === row.sequence &&
    said.recordedAt === row.recordedAt.toISOString() &&
    said.heads === digestOf(row.heads) &&
    said.customers * headBytes === row.heads.length;
  return same ? said : undefined;
};

/** The digest by which a checkpoint is named elsewhere: of its signed text (SHA-256, base64url). */
export const checkpointDigest = ({ jws }: Pick<CheckpointRow, 'jws'>): string => digestOf(jws);

/** The heads that stand in a checkpoint. */
export const decodeHeads = (bytes: Buffer): Head[] =>
  Array.from({ length: Math.floor(bytes.length / headBytes) }, (_, index) => {
    const at = index * headBytes;
    return {
      customerId: uuidText(bytes.subarray(at, at + 16)),
      version: Number(bytes.readBigUInt64BE(at + 16)),
      hash: bytes.subarray(at + 24, at + headBytes),
    };
  });

/** The most heads in one checkpoint: some 230 kB. */
export const mostHeads = 4096;

const type = 'customary-checkpoint+jws';
const headBytes = 16 + 8 + 32;

const encodeHeads = (heads: Head[]): Buffer => {
  const bytes = Buffer.alloc(heads.length * headBytes);
  heads.forEach(({ customerId, version, hash: head }, index) => {
    const at = index * headBytes;
    writeUuid(bytes, customerId, at);
    bytes.writeBigUInt64BE(BigInt(version), at + 16);
    head.copy(bytes, at + 24);
  });
  return bytes;
};

const digestOf = (bytes: string | Buffer): string => hash('sha256', bytes, 'base64url');
