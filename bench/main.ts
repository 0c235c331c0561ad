import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCustomers } from './load.ts';
import { mappingMicroseconds } from './mapping-time.ts';
import { type MeasureName, measure, type Stand } from './measures.ts';
import { type Options, readOptions } from './options.ts';
import { type Database, describeServer, startPostgres } from './postgres.ts';
import { topFunctions } from './profile.ts';
import { CannotMeasure, findPrograms } from './programs.ts';
import { describe, describeMachine, disturbanceIn, type Results, reportOf, tableOf } from './report.ts';
import { copyTables, createBareTables, rowSizes, sampleValues } from './same-rows.ts';
import { startService } from './service.ts';
import { createBenchTenant } from './tenant.ts';
import { residentMb } from './usage.ts';

const resultsDirectory = fileURLToPath(new URL('results/', import.meta.url));

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2));
  if (process.platform !== 'linux')
    throw new CannotMeasure('The benchmark reads /proc, which only Linux has.');
  const programs = findPrograms(process.env['PATH'] ?? '');
  const startedAt = new Date().toISOString();
  say('Starting PostgreSQL');
  const database = await startPostgres();
  try {
    const machine = describeMachine(await describeServer(database.client));
    const key = await prepare(database, options);
    mkdirSync(resultsDirectory, { recursive: true });
    const service = await startService(database, {
      program: options.program,
      sealing: options.sealing,
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
      publish({ startedAt, machine, ...results }, options.isWhole ? 'latest' : 'trial');
    } finally {
      await service.stop();
    }
    if (options.profile) say(topFunctions(resultsDirectory, 40).join('\n'));
  } finally {
    await database.close();
  }
};

/** Fills the database before the service starts, so that no statement is planned on empty tables. */
const prepare = async (database: Database, { customers, sealing }: Options): Promise<Stand['key']> => {
  const { tenant, keys, key } = await createBenchTenant(database, sealing);
  say(`Loading ${customers} customers`);
  await loadCustomers(database.superuserUrl, tenant, keys, customers);
  await copyTables(database.client);
  await createBareTables(database.client, customers);
  await database.client.query('CHECKPOINT');
  return key;
};

const runRounds = async (stand: Stand, options: Options): Promise<Omit<Results, 'startedAt' | 'machine'>> => {
  const { measures, seconds, rounds, customers } = options;
  const start = residentMb(stand.service.pid).now;
  const runs: Results['runs'] = [];
  const run = async (name: MeasureName, length: number) => {
    const result = await measure(stand, name, length);
    say(`${name}: ${Math.round(result.rate)}/s, ${Math.round(residentMb(stand.service.pid).now)} MB`);
    return result;
  };
  say('Warming up');
  for (const name of measures) {
    if (name === 'same rows') stand.variables = await sampleValues(stand.database.client);
    await run(name, Math.ceil(seconds / 2));
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
    options: { customers, seconds, rounds },
    runs,
    residentMb: { start, highestAfterRun, peak },
    mappingUs: measures.includes('revio') ? mappingMicroseconds() : {},
    rowSizes: measures.includes('same rows') ? await rowSizes(stand.database.client) : [],
  };
};

const publish = (results: Results, name: 'latest' | 'trial'): void => {
  writeFileSync(`${resultsDirectory}${name}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${resultsDirectory}${name}.md`, `${reportOf(results)}\n`);
  console.log(`${describe(results.machine)}\n\n${tableOf(results)}\n${disturbanceIn(results)}`);
};

const say = (text: string): void => console.error(text);

// The interrupt reaches the load generator too: its run is void, and everything is put away as after any other.
process.on('SIGINT', () => {});
// An exit, unlike a signal, takes the service and the database along.
process.once('SIGTERM', () => process.exit(143));

await main().catch((error: unknown) => {
  console.error(error instanceof CannotMeasure ? error.message : error);
  process.exitCode = 1;
});
