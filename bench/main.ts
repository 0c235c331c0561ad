import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCustomers } from './load.ts';
import { loadHistory } from './load-history.ts';
import { loadPeople } from './load-people.ts';
import type { Stand } from './measures.ts';
import { type Options, readOptions } from './options.ts';
import { type OwnResults, runOwnRounds } from './own-rounds.ts';
import { type Database, describeServer } from './postgres.ts';
import { topFunctions } from './profile.ts';
import { CannotMeasure, findPrograms } from './programs.ts';
import { describe, describeMachine, disturbanceIn, reportOf, tableOf } from './report.ts';
import type { Results } from './results.ts';
import { copyTables, createBareTables } from './same-rows.ts';
import { say } from './say.ts';
import { runSealingRounds } from './sealing-rounds.ts';
import { runSearchRounds } from './search-rounds.ts';
import { type StandOptions, withStand } from './stand.ts';
import { runVerifyRounds } from './verify-rounds.ts';

const resultsDirectory = fileURLToPath(new URL('results/', import.meta.url));

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2));
  if (process.platform !== 'linux')
    throw new CannotMeasure('The benchmark reads /proc, which only Linux has.');
  const programs = findPrograms(process.env['PATH'] ?? '');
  const startedAt = new Date().toISOString();
  mkdirSync(resultsDirectory, { recursive: true });
  const { customers, people, seconds, rounds, searches } = options;
  const common = { ...options, programs, profileDirectory: options.profile ? resultsDirectory : null };
  let machine: Record<string, string> = {};
  const on = <T>(given: StandOptions, work: (stand: Stand) => Promise<T>): Promise<T> =>
    withStand(given, async (stand) => {
      machine = describeMachine(await describeServer(stand.database.client));
      return work(stand);
    });
  const own = options.measures.length === 0 ? nothing : await ownResults(on, common);
  const sealing = options.comparesSealing ? await sealingResults(on, common) : [];
  const search = searches
    ? await on({ ...common, customers: people, fill: fillWithPeople(people) }, (stand) =>
        runSearchRounds(stand, Math.ceil(seconds / 2)),
      )
    : [];
  const verified = options.verifies ? await verifyResults(on, common) : [];
  publish(
    {
      ...{ startedAt, machine, ...own, runs: [...own.runs, ...sealing, ...search, ...verified] },
      options: { customers, people: searches ? people : 0, seconds, rounds },
    },
    options.isWhole ? 'latest' : 'trial',
  );
  if (options.profile) say(topFunctions(resultsDirectory, 40).join('\n'));
};

type Common = Options & Omit<StandOptions, 'fill'>;
type On = <T>(given: StandOptions, work: (stand: Stand) => Promise<T>) => Promise<T>;

const nothing: OwnResults = { runs: [], residentMb: null, mappingUs: {}, rowSizes: [] };

const ownResults = (on: On, common: Common): Promise<OwnResults> => {
  const fill: StandOptions['fill'] = async (database, tenant, keys) => {
    await loadCustomers(database.superuserUrl, tenant, keys, common.customers);
    await copyTables(database.client);
    await createBareTables(database.client, common.customers);
    await checkpoint(database);
  };
  return on({ ...common, fill }, (stand) => runOwnRounds(stand, common));
};

const sealingResults = (on: On, common: Common): Promise<Results['runs']> => {
  const fill: StandOptions['fill'] = async (database, tenant, keys) => {
    await loadCustomers(database.superuserUrl, tenant, keys, common.customers);
    await checkpoint(database);
  };
  return on({ ...common, fill, sealing: true }, (sealed) =>
    on({ ...common, fill, sealing: false }, (unsealed) => runSealingRounds(sealed, unsealed, common.seconds)),
  );
};

const verifyResults = (on: On, common: Common): Promise<Results['runs']> =>
  on(
    {
      ...common,
      customers: Math.ceil(common.entries / 10),
      fill: (database, tenant, keys) => loadHistory(database, tenant, keys, common.entries),
    },
    (stand) => runVerifyRounds(stand, common.entries),
  );

const fillWithPeople =
  (people: number): StandOptions['fill'] =>
  (database, tenant) =>
    loadPeople(database, tenant, people);

const checkpoint = (database: Database) => database.client.query('CHECKPOINT');

const publish = (results: Results, name: 'latest' | 'trial'): void => {
  writeFileSync(`${resultsDirectory}${name}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${resultsDirectory}${name}.md`, `${reportOf(results)}\n`);
  console.log(`${describe(results.machine)}\n\n${tableOf(results)}\n${disturbanceIn(results)}`);
};

// The interrupt reaches the load generator too: its run is void, and everything is put away as after any other.
process.on('SIGINT', () => {});
// An exit, unlike a signal, takes the service and the database along.
process.once('SIGTERM', () => process.exit(143));

await main().catch((error: unknown) => {
  console.error(error instanceof CannotMeasure ? error.message : error);
  process.exitCode = 1;
});
