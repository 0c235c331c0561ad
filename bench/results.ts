import type { MeasureName, Run } from './measures.ts';

/** Everything a benchmark found out, as it is written to `latest.json`. */
export interface Results {
  startedAt: string;
  machine: Record<string, string>;
  options: { customers: number; people: number; seconds: number; rounds: number };
  runs: { measure: MeasureName; round: number; run: Run }[];
  /** Of the service over all rounds of its own measures; null where there were none. */
  residentMb: { start: number; highestAfterRun: number; peak: number } | null;
  /** The microseconds of a read and a write of a full record, by contract. */
  mappingUs: Record<string, number>;
  rowSizes: { table: string; service: number; pgbench: number }[];
}

/** The measures that were made, in their order. */
export const measuresIn = (results: Results): MeasureName[] => [
  ...new Set(results.runs.map((one) => one.measure)),
];

/** The runs of one measure. */
export const runsOf = (results: Results, name: MeasureName): Run[] =>
  results.runs.filter(({ measure }) => measure === name).map(({ run }) => run);

/** What of a run is told. */
type Figure = 'rate' | 'p50Ms' | 'p99Ms' | 'groupSize' | 'walBytesEach';

/** The median over a measure's runs; null where no run has the figure. */
export const medianOf = (results: Results, name: MeasureName, figure: Figure): number | null =>
  median(runsOf(results, name).flatMap((run) => run[figure] ?? []));

/** The middle value; null of none. */
export const median = (values: number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
};

/** A figure without decimals. */
export const whole = (value: number | null): string =>
  value === null ? '–' : Math.round(value).toLocaleString('en');
/** A figure with one decimal. */
export const decimal = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
