import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { OperatorError } from '../../errors.ts';
import {
  type Closing,
  explainFile,
  firstLine,
  type Manifest,
  mostPieceBytes,
  mostRecordBytes,
  type PartEnd,
  type PartHead,
  recordHeadBytes,
  recordOf,
} from './form.ts';

/** What a backup file says, one thing after the other; the content of a part stands between its head and its end. */
export type BackupItem =
  | { is: 'manifest'; manifest: Manifest }
  | { is: 'part'; head: PartHead }
  | { is: 'content'; content: Buffer }
  | { is: 'end'; rows: number };

/** A backup that was read once from beginning to end, and is whole. */
export interface VerifiedBackup {
  path: string;
  manifest: Manifest;
  /** How many rows of each table it holds. */
  rows: Record<string, number>;
  /** The size of the file. */
  bytes: number;
}

/** Reads a whole file and judges it. Throws OperatorError when it is no backup, cut off, changed, or of a newer release. */
export const verifyBackup = async (path: string): Promise<VerifiedBackup> => {
  const rows: Record<string, number> = {};
  let manifest: Manifest | undefined;
  let table = '';
  for await (const item of readBackupFile(path)) {
    if (item.is === 'manifest') manifest = item.manifest;
    if (item.is === 'part') table = item.head.table;
    if (item.is === 'end') rows[table] = (rows[table] ?? 0) + item.rows;
  }
  const file = await open(path, 'r').catch(explainFile(path, 'read'));
  const { size } = await file.stat().finally(() => file.close());
  return { path, manifest: manifest as Manifest, rows, bytes: size };
};

/**
 * Reads a backup file in bounded memory. What it says counts only when it came to its end without throwing: until then
 * any of it may have been changed. Throws OperatorError.
 */
export async function* readBackupFile(path: string): AsyncGenerator<BackupItem, void> {
  const file = await open(path, 'r').catch(explainFile(path, 'read'));
  try {
    yield* readItems(file, path);
  } finally {
    await file.close();
  }
}

async function* readItems(file: FileHandle, path: string): AsyncGenerator<BackupItem, void> {
  const hash = createHash('sha256');
  const damaged = damagedAt(path);
  const take = (length: number) => readExactly(file, length, path);
  hash.update(await readFirstLine(file, path));
  const sums = { parts: 0, rows: 0 };
  let part: ReturnType<typeof partSums> | undefined;
  for (let before = ''; ; ) {
    const head = await take(recordHeadBytes);
    const type = head.toString('latin1', 0, 1);
    const length = head.readUInt32BE(1);
    if (!follows[before]?.includes(type) || length > mostRecordBytes) throw damaged();
    const content = await take(length);
    if (type === 'C') {
      const closing: Closing = { ...sums, sha256: hash.digest('hex') };
      if (content.toString() !== JSON.stringify(closing) || (await hasMore(file))) throw damaged();
      return;
    }
    hash.update(recordOf(type as 'M', content));
    if (type === 'D') {
      const piece = await expanded(content).catch(() => {
        throw damaged();
      });
      part?.add(piece);
      yield { is: 'content', content: piece };
    } else {
      const said = parsed(content, damaged);
      if (type === 'M') yield { is: 'manifest', manifest: said as unknown as Manifest };
      if (type === 'P') {
        part = partSums();
        yield { is: 'part', head: said as unknown as PartHead };
      }
      if (type === 'E') {
        const { rows, ...sum } = said as unknown as PartEnd;
        if (JSON.stringify(sum) !== JSON.stringify(part?.end())) throw damaged();
        sums.parts += 1;
        sums.rows += rows;
        yield { is: 'end', rows };
      }
    }
    before = type;
  }
}

/** Which records may follow one. */
const follows: Record<string, string> = { '': 'M', M: 'PC', P: 'DE', D: 'DE', E: 'PC' };

const partSums = () => {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    add(piece: Buffer) {
      hash.update(piece);
      bytes += piece.length;
    },
    end: (): Pick<PartEnd, 'bytes' | 'sha256'> => ({ bytes, sha256: hash.digest('hex') }),
  };
};

const damagedAt = (path: string) => () =>
  new OperatorError(`The backup ${path} is damaged or cut off. Nothing of it was loaded; use another copy.`);

const readFirstLine = async (file: FileHandle, path: string): Promise<Buffer> => {
  const line = Buffer.alloc(firstLine.length);
  const { bytesRead } = await file.read(line, 0, line.length, null).catch(explainFile(path, 'read'));
  const text = line.toString('latin1', 0, bytesRead);
  if (text === firstLine) return line;
  if (/^customary-backup \d/.test(text)) {
    throw new OperatorError(`The backup ${path} is of a newer release. Use a newer release of Customary.`);
  }
  throw new OperatorError(`${path} is no backup that customary backup made.`);
};

const readExactly = async (file: FileHandle, length: number, path: string): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, null).catch(explainFile(path, 'read'));
    if (bytesRead === 0) throw damagedAt(path)();
    at += bytesRead;
  }
  return bytes;
};

const hasMore = async (file: FileHandle): Promise<boolean> =>
  (await file.read(Buffer.alloc(1), 0, 1, null)).bytesRead > 0;

const expand = promisify(gunzip) as (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const expanded = (bytes: Buffer): Promise<Buffer> => expand(bytes, { maxOutputLength: mostPieceBytes });

const parsed = (content: Buffer, damaged: () => Error): Record<string, unknown> => {
  try {
    return JSON.parse(content.toString()) as Record<string, unknown>;
  } catch {
    throw damaged();
  }
};
