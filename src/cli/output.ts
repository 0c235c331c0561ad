import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';

/** What a command can be told about its output. */
export interface OutputOptions {
  json?: boolean;
}

/** Adds `--json`, which every command has. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'print one JSON document instead of text');

/** Prints the result: one JSON document, or what `text` makes of it for a person. Standard output has nothing else. */
export const print = <Result>(
  { json }: OutputOptions,
  result: Result,
  text: (result: Result) => string,
): void => {
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : `${text(result)}\n`);
};

/** Rows under headings, in columns as wide as they need; without a row, `empty`. */
export const table = (headings: string[], rows: unknown[][], empty: string): string => {
  if (rows.length === 0) return empty;
  const lines = [headings, ...rows.map((row) => row.map(cell))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A value as indented lines, `name: value`, a list item after a dash. */
export const outline = (value: unknown, indent = ''): string => {
  if (typeof value !== 'object' || value === null) return `${indent}${cell(value)}`;
  const isList = Array.isArray(value);
  return Object.entries(value)
    .map(([name, inner]) => {
      const label = isList ? '-' : `${name}:`;
      const isLeaf = typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0;
      return isLeaf
        ? `${indent}${label} ${cell(inner)}`
        : `${indent}${label}\n${outline(inner, `${indent}  `)}`;
    })
    .join('\n');
};

/** A value on one line. Stored text must not steer the reader's terminal. */
export const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
};
