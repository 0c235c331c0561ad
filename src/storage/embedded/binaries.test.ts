import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OperatorError } from '../../errors.ts';
import { completeBinaries } from './binaries.ts';

async function installedWithoutScripts(): Promise<string> {
  const native = join(await mkdtemp(join(tmpdir(), 'customary-native-')), 'native');
  onTestFinished(() => rm(join(native, '..'), { recursive: true }));
  await mkdir(join(native, 'lib'), { recursive: true });
  await mkdir(join(native, 'bin'));
  await writeFile(join(native, 'lib', 'libpq.so.5.18'), 'library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  for (const name of ['postgres', 'initdb']) await writeFile(join(native, 'bin', name), '', { mode: 0o644 });
  return native;
}

test('libraries that the blocked install script would have linked are linked, at once by several starts', async () => {
  const native = await installedWithoutScripts();
  const [binaries] = await Promise.all([completeBinaries(native), completeBinaries(native)]);
  expect(await readlink(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(await readFile(join(native, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  expect((await stat(binaries.postgres)).mode & 0o111).toBe(0o111);
});

test('an installation that cannot be completed is named with the way out', async () => {
  const native = await installedWithoutScripts();
  await rm(join(native, 'bin', 'initdb'));
  await expect(completeBinaries(native)).rejects.toThrow(OperatorError);
  await expect(completeBinaries(native)).rejects.toThrow('npm rebuild');
});
