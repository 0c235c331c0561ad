import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../errors.ts';
import { readSourceKeys, type SourceKeys } from './held-key-source.ts';
import { syncDirectory } from './sync-directory.ts';

/** Reads the source keys of a file, the current one first; undefined when there is no file. Throws OperatorError. */
export const readKeyFile = async (path: string): Promise<SourceKeys | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new OperatorError(`The key file ${path} cannot be read: ${error.code}.`, { cause: error });
  });
  return text === undefined ? undefined : readSourceKeys(text, `The key file ${path}`);
};

/** Makes a key file with one new key, for its owner alone; false when another start was faster. */
export const makeKeyFile = async (path: string): Promise<boolean> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await write(draft, [newKeyText()]);
  // A link, unlike a rename, fails where a file is already, so that two first starts end with the same key.
  try {
    await link(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
};

/** Puts a new key before those of the file. They stay until `keepFirstKey`, since what they wrapped has to be unwrapped. */
export const addKeyToFile = (path: string): Promise<void> =>
  rewrite(path, (lines) => [newKeyText(), ...lines]);

/** Leaves the current key alone in the file. */
export const keepFirstKey = (path: string): Promise<void> => rewrite(path, (lines) => lines.slice(0, 1));

const newKeyText = (): string => randomBytes(32).toString('base64');

const rewrite = async (path: string, change: (keys: string[]) => string[]): Promise<void> => {
  const words = (await readFile(path, 'utf8'))
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/[\s,]+/))
    .filter((word) => word !== '');
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await write(draft, change(words));
  await rename(draft, path);
  await syncDirectory(dirname(path));
};

const heading = `# The keys that open every customer record of this service; the first is the current one.
# Keep a copy apart from the data and its backups: whoever lacks this file can read no personal value, and whoever has
# it beside a backup can read all.
`;

const write = async (path: string, keys: string[]): Promise<void> => {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${heading}${keys.join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
};
