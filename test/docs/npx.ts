import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from '../support/process.ts';

/** Puts what `npx customary` runs in an installed package into a directory, asking no registry; gives the PATH with it. */
export const pathWithNpx = async (directory: string): Promise<string> => {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const npx = `#!/bin/sh\n[ "$1" = customary ] && shift && exec "${process.execPath}" "${program}" "$@"\nexit 127\n`;
  await writeFile(join(bin, 'npx'), npx);
  await chmod(join(bin, 'npx'), 0o755);
  return `${bin}:${process.env['PATH']}`;
};
