import { existsSync, readFileSync } from 'node:fs';

/** The URL of a file of the package, such as `migrations/`; the program may run compiled and from elsewhere in it. */
export const packageFile = (path: string): URL => new URL(path, root());

/** The version of the program. */
export const packageVersion = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;

const root = (): URL => {
  let directory = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', directory))) directory = new URL('..', directory);
  return directory;
};
