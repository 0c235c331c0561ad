import { cpus, totalmem } from 'node:os';
import type { MeasureName, Run } from './measures.ts';

/** Everything a benchmark found out, as it is written to `latest.json`. */
export interface Results {
  startedAt: string;
  machine: Record<string, string>;
  options: { customers: number; seconds: number; rounds: number };
  runs: { measure: MeasureName; round: number; run: Run }[];
  residentMb: { start: number; highestAfterRun: number; peak: number };
  /** The microseconds of a read and a write of a full record, by contract. */
  mappingUs: Record<string, number>;
  rowSizes: { table: string; service: number; pgbench: number }[];
}

/** One line of the table: a figure beside its limit, measured in the same run. */
interface Line {
  measure: string;
  figure: string;
  p50: string;
  p99: string;
  /** Changes a commit. */
  group: string;
  limit: string;
  limitFigure: string;
  ratio: string;
  needed: string;
  goal: string;
  verdict: string;
}

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
    `${whole(results.options.customers)} customers, ${results.options.rounds} rounds of ${results.options.seconds} s, 64 connections; PostgreSQL and the load generator on the same machine. Figures are medians of the rounds; a ratio is that of the medians.`,
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

interface Comparison {
  name: MeasureName;
  title: string;
  limit: MeasureName;
  limitTitle: string;
  needed?: number;
  goal: number;
}

function contractLine(name: MeasureName, title: string): Comparison {
  return { name, title, limit: 'patch', limitTitle: 'PATCH, spread', needed: 0.8, goal: 0.8 };
}

const comparisons: Comparison[] = [
  {
    name: 'patch',
    title: 'PATCH, spread',
    limit: 'same rows',
    limitTitle: 'pgbench, same rows and bytes',
    needed: 1.2,
    goal: 2,
  },
  {
    name: 'patch',
    title: 'PATCH, spread',
    limit: 'bare',
    limitTitle: 'pgbench, bare UPDATE + INSERT',
    goal: 0.5,
  },
  {
    name: 'hot',
    title: 'PATCH, one hot customer',
    limit: 'patch',
    limitTitle: 'PATCH, spread',
    needed: 0.8,
    goal: 0.8,
  },
  { name: 'get', title: 'GET by id', limit: 'no-op', limitTitle: 'no-op route', needed: 0.5, goal: 0.8 },
  contractLine('seamlessos', 'SeamlessOS, PATCH'),
  contractLine('keypro', 'Keypro, PATCH'),
  contractLine('revio', 'Rev.io, PUT'),
  contractLine('servitly', 'Servitly, PUT'),
  contractLine('flolive', 'floLIVE, PATCH acknowledged'),
  {
    name: 'flolive applied',
    title: 'floLIVE, applied',
    limit: 'patch',
    limitTitle: 'PATCH, spread',
    goal: 0.8,
  },
];

const linesOf = (results: Results): Line[] => {
  const has = new Set(measuresIn(results));
  const lines = comparisons
    .filter(({ name, limit }) => has.has(name) && has.has(limit))
    .map(({ name, title, limit, limitTitle, needed, goal }): Line => {
      const [rate, limitRate] = [medianOf(results, name, 'rate'), medianOf(results, limit, 'rate')];
      const ratio = (rate ?? 0) / (limitRate ?? 0);
      return {
        measure: title,
        figure: `${whole(rate)}/s`,
        p50: decimal(medianOf(results, name, 'p50Ms')),
        p99: decimal(medianOf(results, name, 'p99Ms')),
        group: decimal(medianOf(results, name, 'groupSize')),
        limit: limitTitle,
        limitFigure: `${whole(limitRate)}/s`,
        // Cut off, not rounded: what misses 0.8 must not read as 0.80.
        ratio: (Math.floor(ratio * 100) / 100).toFixed(2),
        needed: needed === undefined ? '–' : `≥ ${needed.toFixed(1)}`,
        goal: goal.toFixed(1),
        verdict:
          ratio >= goal
            ? 'goal met'
            : needed === undefined
              ? 'below goal'
              : ratio >= needed
                ? 'met'
                : 'MISSED',
      };
    });
  return [...lines, ...mappingLines(results), memoryLine(results)];
};

const mostMappingUs = 50;

const mappingLines = ({ mappingUs }: Results): Line[] =>
  Object.entries(mappingUs).map(([contract, microseconds]) => ({
    ...noLimit,
    measure: `Mapping of a full record, read and write: ${contract}`,
    figure: `${decimal(microseconds)} µs`,
    needed: `≤ ${mostMappingUs} µs`,
    verdict: microseconds <= mostMappingUs ? 'met' : 'MISSED',
  }));

const noLimit = { p50: '–', p99: '–', group: '–', limit: '–', limitFigure: '–', ratio: '–', goal: '–' };

const mostResidentMb = 300;
const goalResidentMb = 150;

const memoryLine = ({ residentMb: { peak } }: Results): Line => ({
  ...noLimit,
  measure: 'Resident memory of the service, peak',
  figure: `${whole(peak)} MB`,
  needed: `≤ ${mostResidentMb} MB`,
  goal: `${goalResidentMb} MB`,
  verdict: peak <= goalResidentMb ? 'goal met' : peak <= mostResidentMb ? 'met' : 'MISSED',
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

const measuresIn = (results: Results): MeasureName[] => [...new Set(results.runs.map((one) => one.measure))];

const runsOf = (results: Results, name: MeasureName): Run[] =>
  results.runs.filter(({ measure }) => measure === name).map(({ run }) => run);

type Figure = 'rate' | 'p50Ms' | 'p99Ms' | 'groupSize' | 'walBytesEach';

const medianOf = (results: Results, name: MeasureName, figure: Figure): number | null =>
  median(runsOf(results, name).flatMap((run) => run[figure] ?? []));

const median = (values: number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
};

const whole = (value: number | null): string =>
  value === null ? '–' : Math.round(value).toLocaleString('en');
const decimal = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

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
