import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Asked, askedFor } from './asked-names.ts';
import { runBareSearch } from './bare-search.ts';
import type { Run, Stand } from './measures.ts';
import type { Results } from './results.ts';
import { say } from './say.ts';
import { type SearchMeasure, searchMeasures } from './search-measures.ts';
import { pidsOf } from './stand-load.ts';
import { runWrk } from './wrk.ts';

/** Searches through the API with a few clients at once, as many as type at a time, and by SQL alone. */
export const runSearchRounds = async (stand: Stand, seconds: number): Promise<Results['runs']> => {
  const asked = askedFor(stand.customers, drawn);
  const names = Object.keys(asked) as SearchMeasure[];
  const runs: Results['runs'] = [];
  say('Warming up');
  for (const name of names) await search(stand, name, asked[name], seconds);
  for (let round = 1; round <= rounds; round++) {
    say(`Search, round ${round} of ${rounds}`);
    for (const name of names) {
      const run = await search(stand, name, asked[name], seconds);
      say(
        `${name}: ${Math.round(run.rate)}/s, p50 ${run.p50Ms?.toFixed(1)} ms, p99 ${run.p99Ms?.toFixed(1)} ms`,
      );
      runs.push({ measure: name, round, run });
    }
  }
  return runs;
};

const drawn = 5000;
const rounds = 3;
const clients = 4;

const search = async (stand: Stand, name: SearchMeasure, asked: Asked[], seconds: number): Promise<Run> => {
  const measured =
    searchMeasures[name].limit === null
      ? await runBareSearch(stand, asked, clients, seconds)
      : await throughApi(stand, asked, seconds);
  return { ...measured, groupSize: null, walBytesEach: null };
};

const throughApi = (stand: Stand, asked: Asked[], seconds: number) => {
  writeFileSync(queriesFile, `${asked.map((one) => new URLSearchParams(one)).join('\n')}\n`);
  return runWrk({
    program: stand.programs.wrk,
    script: 'search',
    args: [stand.key.secret, queriesFile],
    origin: stand.service.origin,
    connections: clients,
    seconds,
    pids: pidsOf(stand),
  });
};

const queriesFile = fileURLToPath(new URL('.data/queries.txt', import.meta.url));
