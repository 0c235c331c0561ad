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

/** A value as indented lines, `name: value`; a dash begins an item of a list. */
export const outline = (value: unknown, indent = ''): string => {
  if (!hasMembers(value)) return `${indent}${cell(value)}`;
  const inner = `${indent}  `;
  return Object.entries(value)
    .map(([name, member]) => {
      if (Array.isArray(value)) return `${indent}- ${outline(member, inner).trimStart()}`;
      const shown = hasMembers(member) ? `\n${outline(member, inner)}` : ` ${cell(member)}`;
      return `${indent}${cell(name)}:${shown}`;
    })
    .join('\n');
};

const hasMembers = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** A value on one line. Stored text must not steer the reader's terminal. */
export const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
};
