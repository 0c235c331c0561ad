import { expect, test } from 'vitest';
import { createLogReader } from './log.ts';

function read(...chunks: string[]) {
  const lines: string[] = [];
  const log = createLogReader((line) => lines.push(line));
  for (const chunk of chunks) log.push(chunk);
  return { lines, log };
}

test('lines are put together from pieces, and the unfinished one is in the tail', () => {
  const { lines, log } = read(
    '1 postmaster 00000 LOG:  sta',
    'rted\nerror while loading',
    ' shared libraries',
  );
  expect(lines).toEqual(['1 postmaster 00000 LOG:  started']);
  expect(log.tail()).toBe('1 postmaster 00000 LOG:  started\nerror while loading shared libraries');
});

test('what a client statement said is dropped with its continuation lines, its SQLSTATE is remembered', () => {
  const { lines, log } = read('7 client backend 22P02 ERROR:  invalid input: "ada\n\tlovelace"\n');
  expect(lines).toEqual([]);
  expect(log.tail()).toBe('');
  expect(log.saw('22P02')).toBe(true);
});

test('what the server says of itself and the end of a session are handed on', () => {
  const text = [
    '5 checkpointer 58030 PANIC:  could not write',
    '7 client backend 25P03 FATAL:  terminating connection due to idle-in-transaction timeout',
    '8 autovacuum worker XX001 ERROR:  invalid page',
  ];
  expect(read(`${text.join('\n')}\n`).lines).toEqual(text);
});
