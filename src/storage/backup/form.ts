import { OperatorError } from '../../errors.ts';

/**
 * The form of a backup file. It begins with the line `customary-backup 1`; records follow, each a letter, the length of
 * its content (4 bytes, most significant first), and the content:
 *
 * - `M` once, first: what the backup is of (`Manifest`, JSON).
 * - `P` a part begins: rows of one table and tenant (`PartHead`, JSON).
 * - `D` a piece of its rows: one gzip member (RFC 1952) of a piece of PostgreSQL's binary COPY format.
 * - `E` the part ends: its rows, bytes and SHA-256 before they were compressed (`PartEnd`, JSON).
 * - `C` once, last: how many parts and rows there are, and the SHA-256 of all bytes before this record (`Closing`, JSON).
 *
 * So a file that was cut off has no end, and one that was changed anywhere has another digest.
 */
export const firstLine = 'customary-backup 1\n';

/** What a record is. */
export type RecordType = 'M' | 'P' | 'D' | 'E' | 'C';

/** Most bytes of a record's content; more tells of damage. A manifest of many tables stays far below. */
export const mostRecordBytes = 16 * 1024 * 1024;

/** Most bytes of a piece before it is compressed. */
export const mostPieceBytes = 1024 * 1024;

/** A table and its columns with their types. */
export interface TableShape {
  name: string;
  columns: { name: string; type: string }[];
}

/** What a backup is of. */
export interface Manifest {
  /** The version of the program that made it. */
  program: string;
  /** The version of the database server. */
  server: string;
  /** The moment that it shows, by the database's clock (RFC 3339). */
  takenAt: string;
  /** The migrations that made its tables. */
  migrations: { version: number; name: string; checksum: string }[];
  tables: TableShape[];
}

/** Whose rows a part holds. */
export interface PartHead {
  table: string;
  tenantId: string;
}

/** How a part ended. */
export interface PartEnd {
  rows: number;
  bytes: number;
  sha256: string;
}

/** How the file ended. */
export interface Closing {
  parts: number;
  rows: number;
  sha256: string;
}

/** The bytes of a record. */
export const recordOf = (type: RecordType, content: Buffer): Buffer => {
  const head = Buffer.alloc(recordHeadBytes);
  head.write(type, 'latin1');
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};

/** How many bytes stand before a record's content. */
export const recordHeadBytes = 5;

/** What the file system refused, in the operator's words. */
export const explainFile = (path: string, doing: 'read' | 'written') => (error: unknown) => {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof OperatorError || code === undefined) throw error;
  throw new OperatorError(`The backup ${path} cannot be ${doing}: ${code}.`, { cause: error });
};
