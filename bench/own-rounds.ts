import { type ContractName, contractCalls } from './contract-calls.ts';
import { changeEachOnce } from './contract-measures.ts';
import { mappingMicroseconds } from './mapping-time.ts';
import { measure, type OwnMeasure, type Stand } from './measures.ts';
import type { Options } from './options.ts';
import type { Results } from './results.ts';
import { rowSizes, sampleValues } from './same-rows.ts';
import { say } from './say.ts';
import { residentMb } from './usage.ts';

/** What the measures of the service as it is found out. */
export type OwnResults = Pick<Results, 'runs' | 'residentMb' | 'mappingUs' | 'rowSizes'>;

/** Measures the service as it is, in rounds, each measure and its limits one after the other. */
export const runOwnRounds = async (stand: Stand, options: Options): Promise<OwnResults> => {
  const { measures, seconds, rounds } = options;
  const start = residentMb(stand.service.pid).now;
  const runs: Results['runs'] = [];
  const run = async (name: OwnMeasure, length: number) => {
    const result = await measure(stand, name, length);
    say(`${name}: ${Math.round(result.rate)}/s, ${Math.round(residentMb(stand.service.pid).now)} MB`);
    return result;
  };
  say('Warming up');
  for (const name of measures) {
    if (name === 'same rows') stand.variables = await sampleValues(stand.database.client);
    if (name in contractCalls) await changeEachOnce(stand, name as ContractName, Math.ceil(seconds / 2));
    else await run(name, Math.ceil(seconds / 2));
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
    runs,
    residentMb: { start, highestAfterRun, peak },
    mappingUs: measures.includes('revio') ? mappingMicroseconds() : {},
    rowSizes: measures.includes('same rows') ? await rowSizes(stand.database.client) : [],
  };
};
