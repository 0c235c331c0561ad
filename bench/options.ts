import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OwnMeasure } from './measures.ts';
import { CannotMeasure } from './programs.ts';

/** How the benchmark is asked to run. */
export interface Options {
  seconds: number;
  rounds: number;
  customers: number;
  /** What is measured on the service as it is. */
  measures: OwnMeasure[];
  /** Compare with a service that does not seal. */
  comparesSealing: boolean;
  /** Search among many people. */
  searches: boolean;
  /** How many people to search among. */
  people: number;
  /** How long the history is that is verified, and whether one is. */
  entries: number;
  verifies: boolean;
  /** Every measure at the size that the requirement names: the only kind of run whose results are kept. */
  isWhole: boolean;
  /** The program to measure, the checkout's own by default. */
  program: string;
  /** Tell which functions of the service took the time, in a run without limits. */
  profile: boolean;
  /** Seal what is personal, as the service always does; off to see what that costs. */
  sealing: boolean;
}

/** Reads the command line. Throws CannotMeasure for a wrong value, TypeError for an unknown option. */
export const readOptions = (args: string[]): Options => {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      customers: { type: 'string', default: '100000' },
      people: { type: 'string', default: '1000000' },
      entries: { type: 'string', default: '1000000' },
      only: { type: 'string', default: 'all' },
      program: { type: 'string', default: ownProgram },
      profile: { type: 'boolean', default: false },
      'without-sealing': { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seconds' | 'rounds' | 'customers' | 'people' | 'entries'): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new CannotMeasure(`--${name} must be a whole number above 0.`);
  };
  const only = values.only;
  const measures = choices[only];
  if (!measures) throw new CannotMeasure(`--only must be one of ${Object.keys(choices).join(', ')}.`);
  return {
    seconds: number('seconds'),
    rounds: number('rounds'),
    customers: number('customers'),
    people: number('people'),
    entries: number('entries'),
    verifies: !values.profile && (only === 'all' || only === 'verify'),
    comparesSealing: !values.profile && (only === 'all' || only === 'sealing'),
    searches: !values.profile && (only === 'all' || only === 'search'),
    measures: values.profile ? measures.slice(0, 1) : measures,
    isWhole:
      only === 'all' &&
      !values.profile &&
      !values['without-sealing'] &&
      values.program === ownProgram &&
      number('customers') >= wholeCustomers &&
      number('people') >= wholePeople &&
      number('entries') >= wholeEntries &&
      number('seconds') * number('rounds') >= wholeSeconds,
    program: values.program,
    profile: values.profile,
    sealing: !values['without-sealing'],
  };
};

const ownProgram = fileURLToPath(new URL('../bin/customary.js', import.meta.url));
const wholeCustomers = 100_000;
const wholePeople = 1_000_000;
const wholeEntries = 1_000_000;
const wholeSeconds = 30;

const contractMeasures: OwnMeasure[] = [
  'seamlessos',
  'keypro',
  'revio',
  'servitly',
  'flolive',
  'flolive applied',
];

/** What `--only` picks: a figure, then its limits. */
const choices: Record<string, OwnMeasure[]> = {
  all: ['patch', 'same rows', 'bare', 'hot', 'get', 'no-op', ...contractMeasures],
  patch: ['patch', 'same rows', 'bare'],
  hot: ['hot', 'patch'],
  get: ['get', 'no-op'],
  sealing: [],
  search: [],
  verify: [],
  contracts: ['patch', ...contractMeasures],
  ...Object.fromEntries(contractMeasures.map((name) => [name, [name, 'patch']])),
};
