import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { OperatorError } from '../../errors.ts';
import { syncDirectory } from '../../privacy/sync-directory.ts';
import {
  type Closing,
  explainFile,
  firstLine,
  type Manifest,
  mostPieceBytes,
  type PartEnd,
  type PartHead,
  type RecordType,
  recordOf,
} from './form.ts';

/** Rows of one table and tenant on their way into a file. */
export interface Part extends PartHead {
  /** What COPY gives. */
  content: AsyncIterable<Buffer>;
  /** How many rows those were; asked when the content has ended. */
  rows(): Promise<number>;
}

/**
 * Writes a backup file, for its owner alone. It gets its name when it is whole and on the disk; until then it is named
 * `….part`, and what fails leaves nothing. Holds one piece of the content in memory. Gives the size of the file. Throws
 * OperatorError when there is a file of this name, or the place can't be written to.
 */
export const writeBackupFile = async (
  path: string,
  manifest: Manifest,
  parts: AsyncIterable<Part>,
): Promise<number> => {
  await refuseExisting(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  // An operator who ends the program in the middle of it ends it without another turn.
  const drop = (): void => rmSync(draft, { force: true });
  process.once('exit', drop);
  try {
    const file = await open(draft, 'wx', 0o600).catch(explainFile(path, 'written'));
    const bytes = await writeAll(file, path, manifest, parts).finally(() => file.close());
    await refuseExisting(path);
    await rename(draft, path);
    await syncDirectory(dirname(path));
    return bytes;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    process.off('exit', drop);
  }
};

/** Throws OperatorError when there is a file of this name: no backup takes the place of another. */
export const refuseExisting = async (path: string): Promise<void> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new OperatorError(`There is a file ${path} already. Choose another name.`);
};

const writeAll = async (
  file: FileHandle,
  path: string,
  manifest: Manifest,
  parts: AsyncIterable<Part>,
): Promise<number> => {
  const hash = createHash('sha256');
  const closing: Closing = { parts: 0, rows: 0, sha256: '' };
  let size = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes);
    size += bytes.length;
    await file.writeFile(bytes).catch(explainFile(path, 'written'));
  };
  const put = (type: RecordType, content: object): Promise<void> =>
    write(recordOf(type, Buffer.from(JSON.stringify(content))));
  await write(Buffer.from(firstLine));
  await put('M', manifest);
  for await (const { table, tenantId, content, rows } of parts) {
    await put('P', { table, tenantId } satisfies PartHead);
    const end: PartEnd = { rows: 0, ...(await writeContent(content, write)) };
    end.rows = await rows();
    await put('E', end);
    closing.parts += 1;
    closing.rows += end.rows;
  }
  closing.sha256 = hash.copy().digest('hex');
  await put('C', closing);
  await file.sync().catch(explainFile(path, 'written'));
  return size;
};

const writeContent = async (
  content: AsyncIterable<Buffer>,
  write: (bytes: Buffer) => Promise<void>,
): Promise<Pick<PartEnd, 'bytes' | 'sha256'>> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of piecesOf(content)) {
    hash.update(piece);
    bytes += piece.length;
    // Sealed bytes do not shrink, so more effort would gain little.
    await write(recordOf('D', await compress(piece, { level: 1 })));
  }
  return { bytes, sha256: hash.digest('hex') };
};

const compress = promisify(gzip) as (piece: Buffer, options: { level: number }) => Promise<Buffer>;

/** The same bytes in pieces of a good size for the disk. */
async function* piecesOf(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; at += mostPieceBytes) {
      const piece = chunk.subarray(at, at + mostPieceBytes);
      if (size + piece.length > mostPieceBytes) {
        yield Buffer.concat(held);
        held = [];
        size = 0;
      }
      held.push(piece);
      size += piece.length;
    }
  }
  if (size > 0) yield Buffer.concat(held);
}
