import type { MeasureName } from './measures.ts';
import { decimal, measuresIn, medianOf, type Results, whole } from './results.ts';
import { type SearchMeasure, searchMeasures } from './search-measures.ts';

/** One line of the table: a figure beside its limit, measured in the same run. */
export interface Line {
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

function sealingLine(name: MeasureName, title: string, limit: MeasureName, limitTitle: string): Comparison {
  return { name, title, limit, limitTitle, needed: 0.8, goal: 0.8 };
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
  sealingLine('patch sealed', 'PATCH, sealed', 'patch unsealed', 'PATCH, unsealed'),
  sealingLine('get sealed', 'GET by id, sealed', 'get unsealed', 'GET by id, unsealed'),
];

/** Every line that the measures of these results give. */
export const linesOf = (results: Results): Line[] => {
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
  return [
    ...lines,
    ...searchLines(results),
    ...verifyLines(results),
    ...mappingLines(results),
    ...memoryLines(results),
  ];
};

const searchLines = (results: Results): Line[] => {
  const has = new Set(measuresIn(results));
  return (Object.keys(searchMeasures) as SearchMeasure[])
    .filter((name) => has.has(name) && searchMeasures[name].limit)
    .map((name) => {
      const { title, mostMs, limit } = searchMeasures[name];
      const [p99, limitP99] = [medianOf(results, name, 'p99Ms'), medianOf(results, limit ?? name, 'p99Ms')];
      return {
        ...noLimit,
        measure: title,
        figure: `${whole(medianOf(results, name, 'rate'))}/s`,
        p50: decimal(medianOf(results, name, 'p50Ms')),
        p99: decimal(p99),
        limit: 'bare SQL, same index',
        limitFigure: `p99 ${decimal(limitP99)} ms`,
        needed: mostMs ? `p99 ≤ ${mostMs} ms` : '–',
        verdict: mostMs === null ? '–' : (p99 ?? Infinity) <= mostMs ? 'met' : 'MISSED',
      };
    });
};

const leastVerified = 100_000;

const verifyLines = (results: Results): Line[] => {
  const [rate, limit] = [medianOf(results, 'verify', 'rate'), medianOf(results, 'stream', 'rate')];
  if (rate === null || limit === null) return [];
  return [
    {
      ...noLimit,
      measure: 'Verifying the history, entries',
      figure: `${whole(rate)}/s`,
      limit: 'the same rows, only streamed and hashed once',
      limitFigure: `${whole(limit)}/s`,
      ratio: (Math.floor((rate / limit) * 100) / 100).toFixed(2),
      needed: `≥ ${whole(leastVerified)}/s`,
      verdict: rate >= leastVerified ? 'met' : 'MISSED',
    },
  ];
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

const memoryLines = ({ residentMb }: Results): Line[] =>
  residentMb === null
    ? []
    : [
        {
          ...noLimit,
          measure: 'Resident memory of the service, peak',
          figure: `${whole(residentMb.peak)} MB`,
          needed: `≤ ${mostResidentMb} MB`,
          goal: `${goalResidentMb} MB`,
          verdict:
            residentMb.peak <= goalResidentMb
              ? 'goal met'
              : residentMb.peak <= mostResidentMb
                ? 'met'
                : 'MISSED',
        },
      ];
