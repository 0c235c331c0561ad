import { open } from 'node:fs/promises';

/** Resolves when a directory is on the disk: before that, a crash may take back a file that was made or renamed in it. */
export const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
};
