import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Compiles the program to JavaScript unless that was done for these very sources, and gives the URL of its main
 * module. Where nothing may be written, the TypeScript itself is run through tsx.
 */
export const compiledProgram = async () => {
  try {
    const directory = join(cache, keyOfSources());
    if (!existsSync(directory)) await compile(directory);
    process.setSourceMapsEnabled(true);
    return pathToFileURL(join(directory, 'main.js')).href;
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error?.code)) throw error;
    const { register } = await import('tsx/esm/api');
    register();
    return new URL('../src/main.ts', import.meta.url).href;
  }
};

const root = fileURLToPath(new URL('../', import.meta.url));
const source = join(root, 'src');
// Below the package, so that its imports are found from here as from the sources.
const cache = join(root, 'node_modules', '.cache', 'customary');

/** A name that changes with any source file. */
const keyOfSources = () => {
  const hash = createHash('sha256');
  for (const name of readdirSync(source, { recursive: true }).sort()) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const { mtimeMs, size } = statSync(join(source, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
};

/** Compiles beside the place and moves the result there at once, since two programs may start together. */
const compile = async (directory) => {
  const { build } = await import('esbuild');
  await mkdir(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'new-'));
  await build({
    entryPoints: [join(source, 'main.ts')],
    outdir: unfinished,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  forgetOld();
};

/** What earlier sources were compiled to may still be running, so it is kept for some time. */
const forgetOld = () => {
  for (const name of readdirSync(cache)) {
    const directory = join(cache, name);
    if (Date.now() - statSync(directory).mtimeMs > keptMs)
      rmSync(directory, { recursive: true, force: true });
  }
};

const keptMs = 30 * 24 * 3600 * 1000;
