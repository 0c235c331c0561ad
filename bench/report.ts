import { cpus, totalmem } from 'node:os';
import { type Line, linesOf } from './lines.ts';
import type { MeasureName, Run } from './measures.ts';
import { decimal, measuresIn, median, medianOf, type Results, runsOf, whole } from './results.ts';
import { sealingRounds, sealingSeconds } from './sealing-rounds.ts';

/** The table of the report, in Markdown. */
export const tableOf = (results: Results): string =>
  markdown(
    [
      'measure',
      'figure',
      'p50 ms',
      'p99 ms',
      'group',
      'limit',
      'its figure',
      'ratio',
      'needed',
      'goal',
      'verdict',
    ],
    linesOf(results).map((line) => columns.map((column) => line[column])),
  );

const columns: (keyof Line)[] = [
  'measure',
  'figure',
  'p50',
  'p99',
  'group',
  'limit',
  'limitFigure',
  'ratio',
  'needed',
  'goal',
  'verdict',
];

/** The whole report, in Markdown. */
export const reportOf = (results: Results): string =>
  [
    '# Benchmark',
    `${results.startedAt}. ${describe(results.machine)}`,
    `${whole(results.options.customers)} customers, ${results.options.rounds} rounds of ${results.options.seconds} s, 64 connections; PostgreSQL and the load generator on the same machine. Figures are medians of the rounds; a ratio is that of the medians.${searched(results)}${compared(results)}`,
    tableOf(results),
    ...(disturbanceIn(results) ? [disturbanceIn(results)] : []),
    '## Where the time goes',
    'Cores kept busy by each, processor time that an answer costs, changes a commit, bytes of write-ahead log a change; medians.',
    markdown(
      [
        'measure',
        'service',
        'PostgreSQL',
        'load generator',
        'others',
        'service µs',
        'PostgreSQL µs',
        'group size',
        'WAL bytes',
        'rates of the rounds',
      ],
      measuresIn(results).map((name) => detailOf(results, name)),
    ),
    ...(results.rowSizes.length > 0 ? ['## Bytes a change wrote', sizesOf(results)] : []),
  ].join('\n\n');

const searched = ({ options: { people } }: Results): string =>
  people === 0
    ? ''
    : ` Searches: ${whole(people)} customers, 4 connections, pages of 50, rounds of half that time.`;

const compared = ({ runs, options: { seconds } }: Results): string =>
  runs.some(({ measure }) => measure === 'patch sealed')
    ? ` Sealed and unsealed: ${sealingRounds} rounds of ${sealingSeconds(seconds)} s in turn.`
    : '';

/** The machine in one line. */
export const describe = (machine: Record<string, string>): string =>
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** The machine the benchmark runs on. */
export const describeMachine = (server: Record<string, string>): Record<string, string> => ({
  processors: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  Node: process.version,
  PostgreSQL: server['server_version'] ?? '',
  fsync: server['fsync'] ?? '',
  synchronous_commit: server['synchronous_commit'] ?? '',
});

const detailOf = (results: Results, name: MeasureName): string[] => {
  const runs = runsOf(results, name);
  const cores = (who: keyof Run['cores']) => median(runs.map((run) => run.cores[who]))?.toFixed(2) ?? '–';
  const microseconds = (who: keyof Run['cores']) =>
    whole(median(runs.map((run) => (run.cores[who] / run.rate) * 1e6)));
  return [
    name,
    cores('service'),
    cores('postgres'),
    cores('load'),
    cores('others'),
    microseconds('service'),
    microseconds('postgres'),
    decimal(medianOf(results, name, 'groupSize')),
    whole(medianOf(results, name, 'walBytesEach')),
    runs.map((run) => whole(run.rate)).join(', '),
  ];
};

/** A sentence when other programs kept the machine from what was measured; empty when they did not. */
export const disturbanceIn = (results: Results): string => {
  const others = median(results.runs.map(({ run }) => run.cores.others)) ?? 0;
  if (others < muchElsewhere) return '';
  return `Other programs kept ${others.toFixed(1)} processors busy at the same time: the figures are too low, and the ratios uncertain.`;
};

const muchElsewhere = 0.2;

const sizesOf = ({ rowSizes }: Results): string =>
  markdown(
    ['table', 'service', 'pgbench'],
    rowSizes.map(({ table, service, pgbench }) => [table, whole(service), whole(pgbench)]),
  );

const markdown = (head: string[], rows: string[][]): string => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
};
