import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../errors.ts';
import { syncDirectory } from './sync-directory.ts';

/** One erasure that is carried out, without any personal value. */
export interface LedgerEntry {
  tenantId: string;
  customerId: string;
  /** The number of the customer, which stays when all else is erased. */
  number: number;
  /** When, as RFC 3339 has it. */
  erasedAt: string;
  /** SHA-256 of the signed certificate, in hexadecimal. */
  certificate: string;
}

/**
 * Adds an entry to the erasure ledger, which a restore replays (GDPR Art. 17). Resolves when it is on the disk. Several
 * processes may add at once. What a crash left of an earlier entry is marked as torn, and the entry gets a line of its own.
 * Throws OperatorError that names the path and what the file system refused.
 */
export const appendToLedger = (path: string, entry: LedgerEntry): Promise<void> =>
  append(path, entry).catch((error: unknown) => {
    throw closed(path, error);
  });

const append = async (path: string, entry: LedgerEntry): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const line = Buffer.from(`${(await endsInLine(file, size)) ? '' : tornMark}${lineOf(entry)}`);
    // One write: what two processes append at once does not mix.
    const { bytesWritten } = await file.write(line);
    if (bytesWritten !== line.length) throw new Error('The erasure ledger could not be written');
    await file.sync();
    if (size === 0) await syncDirectory(dirname(path));
  } finally {
    await file.close();
  }
};

/**
 * Tries whether a ledger can be added to, and writes nothing: a service whose erasures could not be entered would leave
 * them unfinished. Throws OperatorError.
 */
export const tryLedger = async (path: string): Promise<void> => {
  try {
    await (await open(path, constants.O_WRONLY | constants.O_APPEND)).close();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw closed(path, error);
    await tryToMake(dirname(path)).catch((cause) => {
      throw closed(path, cause);
    });
  }
};

/**
 * Reads the entries of a ledger, the oldest first; none when there is no file. A last line that was cut off by a crash
 * does not count, since its erasure waits for the whole line. Throws OperatorError that names any other broken line.
 */
export const readLedger = async (path: string): Promise<LedgerEntry[]> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new OperatorError(`The erasure ledger ${path} cannot be read: ${error.code}.`, { cause: error });
  });
  // What follows the last end of a line is empty, or torn.
  const lines = text.split('\n').slice(0, -1);
  return lines.flatMap((line, index) =>
    line === '' || line.endsWith(tornMark.trimEnd()) ? [] : [entryOf(line, `${path}, line ${index + 1}`)],
  );
};

/** Whether something can be made in this directory, or in the nearest one that is there. */
const tryToMake = async (directory: string): Promise<void> => {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || directory === dirname(directory)) throw error;
    await tryToMake(dirname(directory));
  }
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const closed = (path: string, cause: unknown): OperatorError =>
  new OperatorError(
    `The erasure ledger ${path} cannot be written (${codeOf(cause) ?? 'it was not written whole'}). Set ERASURE_LEDGER to a file that this user may write.`,
    { cause },
  );

const version = 'v1';

/** Ends a line that was torn. Should its writer have ended it meanwhile, this is a line of its own that says nothing. */
const tornMark = ' torn\n';

const lineOf = (entry: LedgerEntry): string => {
  const { tenantId, customerId, number, erasedAt, certificate } = entry;
  const text = JSON.stringify({ tenantId, customerId, number, erasedAt, certificate });
  return `${version} ${checksumOf(text)} ${text}\n`;
};

const entryOf = (line: string, place: string): LedgerEntry => {
  const [, form, checksum, text = ''] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
  if (form !== undefined && /^v\d+$/.test(form) && form !== version) {
    throw new OperatorError(`${place}, is of a newer release. Use a newer release of Customary.`);
  }
  if (form === version && checksum === checksumOf(text)) return JSON.parse(text) as LedgerEntry;
  throw new OperatorError(
    `${place}, is damaged: an erasure would be forgotten. Put back a whole copy of the erasure ledger.`,
  );
};

const checksumOf = (text: string): string =>
  createHash('sha256').update(`${version} ${text}`).digest('hex').slice(0, 16);

const endsInLine = async (file: FileHandle, size: number): Promise<boolean> => {
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
};
