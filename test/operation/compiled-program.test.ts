import { execFile } from 'node:child_process';
import { access, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/command.ts';

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A program of one line, installed beside a package that it says the word of. */
const installed = async () => {
  const packages = join(await temporaryDirectory(), 'node_modules');
  const program = join(packages, 'program');
  await mkdir(join(program, 'src'), { recursive: true });
  await mkdir(join(packages, 'word'));
  await cp(here('bin'), join(program, 'bin'), { recursive: true });
  await writeFile(join(program, 'package.json'), '{"type":"module"}');
  await writeFile(join(program, 'src/main.ts'), `export { word as main } from 'word';`);
  await symlink(here('node_modules/esbuild'), join(packages, 'esbuild'));
  return {
    async publish(version: number) {
      await writeFile(join(packages, 'word/package.json'), `{"version":"${version}.0.0"}`);
      await writeFile(join(packages, 'word/index.js'), `exports.word = 'word ${version}';`);
    },
    async run() {
      const compiled = `(await import('${join(program, 'bin/compiled-program.js')}')).compiledProgram()`;
      const code = `console.log((await import(await ${compiled})).main)`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
      return stdout.trim();
    },
    /** The sources that the source map of the main module names, as paths. */
    async sources() {
      const cache = join(program, 'node_modules/.cache/customary');
      const [directory = ''] = (await readdir(cache)).filter((name) => !/\./.test(name));
      const map = JSON.parse(await readFile(join(cache, directory, 'main.js.map'), 'utf8'));
      return (map.sources as string[]).map((source) => join(cache, directory, source));
    },
    compilations: async () =>
      (await readdir(join(program, 'node_modules/.cache/customary'))).filter((name) => !/\./.test(name)),
  };
};

test('the program is compiled once, and anew when a package that went into it is another one', async () => {
  const { publish, run, compilations } = await installed();
  await publish(1);
  expect([await run(), await run()]).toEqual(['word 1', 'word 1']);
  expect(await compilations()).toHaveLength(1);
  await publish(2);
  expect(await run()).toBe('word 2');
  await publish(1);
  expect(await run()).toBe('word 1');
  expect(await compilations()).toHaveLength(2);
});

test('what its stack traces name is there', async () => {
  const { publish, run, sources } = await installed();
  await publish(1);
  await run();
  const named = await sources();
  expect(named.length).toBeGreaterThan(0);
  await Promise.all(named.map((path) => access(path)));
});
