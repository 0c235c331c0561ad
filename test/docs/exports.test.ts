import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Whoever uses what another file exports reads what it promises, and need not read how it is done. */
test.each(['src', 'test', 'bench', 'scripts'])('everything that %s exports has a doc comment', (folder) => {
  const files = filesIn(folder);
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((path) => silentIn(path, readFileSync(`${root}/${path}`, 'utf8')))).toEqual([]);
});

test('a comment counts where it is of the right kind, says something, and stands at the export', () => {
  const text = `
    const own = 1;
    /** Says it. */
    export const said = own;
    // Says it in vain.
    export const quiet = 2;
    /** */
    export interface Empty {}
    export class Bare {}
    export { own };
    /** Says it once for all forms. */
    export function formed(one: string): void;
    export function formed(one: number): void;
    export function formed() {}`;
  expect(silentIn('text.ts', text)).toEqual(
    ['quiet', 'Empty', 'Bare', '{ own }'].map((n) => `text.ts: ${n}`),
  );
});

const root = fileURLToPath(new URL('../..', import.meta.url));

const filesIn = (folder: string): string[] =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

/** The names of what a file exports without a word. */
const silentIn = (path: string, text: string): string[] => {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const exported = statements.filter(isExport);
  const said = new Set(exported.filter(hasDoc).map(nameOf));
  return [...new Set(exported.map(nameOf))]
    .filter((name) => !said.has(name))
    .map((name) => `${path}: ${name}`);
};

/** A list of names that are exported afterwards counts as one; what another file exports is said there. */
const isExport = (one: ts.Statement): boolean =>
  ts.isExportDeclaration(one)
    ? one.moduleSpecifier === undefined
    : ts.canHaveModifiers(one) &&
      (ts.getModifiers(one) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const hasDoc = (one: ts.Statement): boolean =>
  ts.getJSDocCommentsAndTags(one).some(({ comment }) => comment !== undefined && comment.length > 0);

const nameOf = (one: ts.Statement): string => {
  if (ts.isVariableStatement(one))
    return one.declarationList.declarations.map(({ name }) => name.getText()).join();
  if (ts.isExportDeclaration(one)) return one.exportClause?.getText() ?? '*';
  return (one as ts.DeclarationStatement).name?.text ?? 'default';
};
