import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { scopeMeanings } from '../src/access/scopes.ts';
import { contracts } from '../src/contracts/all.ts';
import { errorTable } from '../src/errors.ts';
import { settings } from '../src/settings.ts';
import { mappingTable } from './mapping-table.ts';

/**
 * Writes the files that are derived from the program: the tables of the docs. With `--check` it writes nothing and
 * fails when one is not current.
 */
const generate = async (check: boolean): Promise<void> => {
  const stale: string[] = [];
  for (const [name, text] of Object.entries(files())) {
    const path = new URL(`../${name}`, import.meta.url);
    const current = await readFile(path, 'utf8').catch(() => '');
    if (current === text) continue;
    stale.push(name);
    if (check) continue;
    await mkdir(dirname(path.pathname), { recursive: true });
    await writeFile(path, text);
  }
  for (const name of stale) process.stdout.write(`${check ? 'not current' : 'written'}: ${name}\n`);
  if (check && stale.length > 0) {
    process.stdout.write('Run npm run generate and commit the result.\n');
    process.exitCode = 1;
  }
};

const mapping = mappingTable(contracts);

const files = (): Record<string, string> => ({
  'docs/generated/settings.md': page(
    'Settings',
    'Every setting is an environment variable; an empty one counts as absent. Derived from `src/settings.ts`.',
    ['Name', 'Default', 'Meaning'],
    Object.entries(settings).map(([name, one]) => [
      `\`${name}\``,
      one.default === null ? '' : `\`${name === 'DATA_DIR' ? './data' : String(one.default)}\``,
      one.meaning,
    ]),
  ),
  'docs/generated/errors.md': page(
    'Errors',
    'The `type` of a problem is `urn:customary:problem:` and the code. Derived from `src/errors.ts`.',
    ['Code', 'Status', 'Title', 'Kept under an idempotency key'],
    Object.entries(errorTable).map(([code, { status, title, stored }]) => [
      `\`${code}\``,
      String(status),
      title,
      stored ? 'yes' : 'no',
    ]),
  ),
  'docs/generated/scopes.md': page(
    'Scopes',
    'What an API key may do. Derived from `src/access/scopes.ts`.',
    ['Scope', 'Allows to'],
    Object.entries(scopeMeanings).map(([scope, meaning]) => [`\`${scope}\``, meaning]),
  ),
  'docs/generated/routes.md': page(
    'Routes',
    'The whole HTTP surface of the contracts. Derived from `src/contracts/`.',
    ['Contract', 'Method', 'Path', 'Operation', 'Scopes'],
    contracts.flatMap((contract) =>
      contract.routes.map((route) => [
        contract.id,
        route.method,
        `\`${contract.prefix}${route.path}\``,
        route.summary,
        route.scopes.length > 0
          ? route.scopes.map((scope) => `\`${scope}\``).join(' ')
          : route.public
            ? 'no key needed'
            : route.bodyLimit === 'batch'
              ? 'those of each change'
              : 'any key',
      ]),
    ),
  ),
  'docs/generated/mapping.md': page(
    'One record in five contracts',
    'For each field of the record its place in each contract; "shown" is what a contract shows and does not take, "–" what it cannot say. Derived from the mappings.',
    mapping.head,
    mapping.rows,
  ),
});

const page = (title: string, lead: string, head: string[], rows: string[][]): string =>
  [
    `# ${title}`,
    '',
    lead,
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n');

await generate(process.argv.includes('--check'));
