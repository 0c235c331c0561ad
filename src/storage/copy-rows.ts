import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** A row as COPY sends it: the binary form of each column, null where there is none. */
export type BinaryRow = (Buffer | null)[];

/**
 * The rows of a query, in batches as they arrive, by COPY in PostgreSQL's binary format: nothing has to be parsed or
 * unescaped, and no more than a few batches are in memory. Fields are views of a batch. Throws what the database says.
 */
export async function* copyRows(client: pg.Client, query: string): AsyncGenerator<BinaryRow[]> {
  const stream: Readable = client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT binary)`));
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of stream) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    // The stream begins with a signature, flags, and an extension whose length it tells.
    if (!begun && bytes.length < headerBytes) {
      rest = bytes;
      continue;
    }
    const start = begun ? 0 : headerBytes + bytes.readInt32BE(headerBytes - 4);
    begun = true;
    const { rows, end } = rowsIn(bytes, start);
    rest = bytes.subarray(end);
    if (rows.length > 0) yield rows;
  }
}

const headerBytes = 19;

/** The whole rows in some bytes, and where they end. */
const rowsIn = (bytes: Buffer, start: number): { rows: BinaryRow[]; end: number } => {
  const rows: BinaryRow[] = [];
  for (let at = start; ; ) {
    const row = at + 2 <= bytes.length ? rowAt(bytes, at) : undefined;
    if (!row) return { rows, end: at };
    rows.push(row.fields);
    at = row.end;
  }
};

const rowAt = (bytes: Buffer, start: number): { fields: BinaryRow; end: number } | undefined => {
  const count = bytes.readInt16BE(start);
  // A count of -1 ends the stream.
  if (count < 0) return undefined;
  const fields: BinaryRow = [];
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readInt32BE(at);
    at += 4;
    if (at + Math.max(length, 0) > bytes.length) return undefined;
    fields.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return { fields, end: at };
};
