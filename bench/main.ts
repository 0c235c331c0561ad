import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCustomers } from './load.ts';
import { type MeasureName, measure, type Stand } from './measures.ts';
import { type Database, describeServer, startPostgres } from './postgres.ts';
import { topFunctions } from './profile.ts';
import { CannotMeasure, findPrograms } from './programs.ts';
import { describe, describeMachine, disturbanceIn, type Results, reportOf, tableOf } from './report.ts';
import { copyTables, createBareTables, rowSizes, sampleValues } from './same-rows.ts';
import { startService } from './service.ts';
import { createBenchTenant } from './tenant.ts';
import { residentMb } from './usage.ts';

/** What `--only` picks: a figure, then its limits. */
const choices: Record<string, MeasureName[]> = {
  all: ['patch', 'same rows', 'bare', 'hot', 'get', 'no-op'],
  patch: ['patch', 'same rows', 'bare'],
  hot: ['hot', 'patch'],
  get: ['get', 'no-op'],
};

const resultsDirectory = fileURLToPath(new URL('results/', import.meta.url));

const main = async (): Promise<void> => {
  const options = readOptions();
  if (process.platform !== 'linux')
    throw new CannotMeasure('The benchmark reads /proc, which only Linux has.');
  const programs = findPrograms(process.env['PATH'] ?? '');
  const startedAt = new Date().toISOString();
  say('Starting PostgreSQL');
  const database = await startPostgres();
  try {
    const machine = describeMachine(await describeServer(database.client));
    const key = await prepare(database, options.customers);
    mkdirSync(resultsDirectory, { recursive: true });
    const service = await startService(database, {
      program: options.program,
      profileDirectory: options.profile ? resultsDirectory : null,
    });
    try {
      const stand: Stand = {
        database,
        service,
        programs,
        key,
        customers: options.customers,
        variables: {},
      };
      const results = await runRounds(stand, options);
      publish({ startedAt, machine, ...results });
    } finally {
      await service.stop();
    }
    if (options.profile) say(topFunctions(resultsDirectory, 40).join('\n'));
  } finally {
    await database.close();
  }
};

interface Options {
  seconds: number;
  rounds: number;
  customers: number;
  measures: MeasureName[];
  /** The program to measure, the checkout's own by default. */
  program: string;
  /** Tell which functions of the service took the time, in a run without limits. */
  profile: boolean;
}

const readOptions = (): Options => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      customers: { type: 'string', default: '100000' },
      only: { type: 'string', default: 'all' },
      program: { type: 'string', default: fileURLToPath(new URL('../bin/customary.js', import.meta.url)) },
      profile: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seconds' | 'rounds' | 'customers'): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new CannotMeasure(`--${name} must be a whole number above 0.`);
  };
  const measures = choices[values.only];
  if (!measures) throw new CannotMeasure(`--only must be one of ${Object.keys(choices).join(', ')}.`);
  return {
    seconds: number('seconds'),
    rounds: number('rounds'),
    customers: number('customers'),
    measures: values.profile ? measures.slice(0, 1) : measures,
    program: values.program,
    profile: values.profile,
  };
};

/** Fills the database before the service starts, so that no statement is planned on empty tables. */
const prepare = async (database: Database, customers: number): Promise<string> => {
  const { tenant, key } = await createBenchTenant(database);
  say(`Loading ${customers} customers`);
  await loadCustomers(database.superuserUrl, tenant, customers);
  await copyTables(database.client);
  await createBareTables(database.client, customers);
  return key;
};

const runRounds = async (stand: Stand, options: Options): Promise<Omit<Results, 'startedAt' | 'machine'>> => {
  const { measures, seconds, rounds, customers } = options;
  const start = residentMb(stand.service.pid).now;
  const runs: Results['runs'] = [];
  const run = async (name: MeasureName, length: number) => {
    const result = await measure(stand, name, length);
    say(`${name}: ${Math.round(result.rate)}/s`);
    return result;
  };
  for (const name of measures) {
    say('Warming up');
    if (name === 'same rows') stand.variables = await sampleValues(stand.database.client);
    await run(name, Math.min(5, seconds));
  }
  let highestAfterRun = 0;
  for (let round = 1; round <= rounds; round++) {
    say(`Round ${round} of ${rounds}`);
    for (const name of measures) {
      runs.push({ measure: name, round, run: await run(name, seconds) });
      highestAfterRun = Math.max(highestAfterRun, residentMb(stand.service.pid).now);
    }
  }
  const { peak } = residentMb(stand.service.pid);
  return {
    options: { customers, seconds, rounds, cores: cpus().length },
    runs,
    residentMb: { start, highestAfterRun, peak },
    rowSizes: measures.includes('same rows') ? await rowSizes(stand.database.client) : [],
  };
};

const publish = (results: Results): void => {
  writeFileSync(`${resultsDirectory}latest.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${resultsDirectory}latest.md`, `${reportOf(results)}\n`);
  console.log(`${describe(results.machine)}\n\n${tableOf(results)}\n${disturbanceIn(results)}`);
};

const say = (text: string): void => console.error(text);

// The interrupt reaches the load generator too: its run is void, and everything is put away as after any other.
process.on('SIGINT', () => {});

await main().catch((error: unknown) => {
  console.error(error instanceof CannotMeasure ? error.message : error);
  process.exitCode = 1;
});
