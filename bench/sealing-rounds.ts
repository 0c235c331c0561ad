import { measure, type SealingMeasure, type Stand } from './measures.ts';
import type { Results } from './results.ts';
import { say } from './say.ts';

/**
 * Measures a service that seals and one that does not in alternation, each on a database of its own, so that whatever
 * slows the machine for a while slows both; every other round begins with the other one. Reads and changes take turns,
 * as they do in a service, so that what a process keeps of keys is as warm as it is there.
 */
export const runSealingRounds = async (
  sealed: Stand,
  unsealed: Stand,
  seconds: number,
): Promise<Results['runs']> => {
  const runs: Results['runs'] = [];
  const run = async (name: SealingMeasure, length: number) => {
    const [what, how] = name.split(' ') as ['patch' | 'get', 'sealed' | 'unsealed'];
    const result = await measure(how === 'sealed' ? sealed : unsealed, what, length);
    say(`${name}: ${Math.round(result.rate)}/s`);
    return result;
  };
  say('Warming up, sealed and unsealed');
  for (const name of order) await run(name, seconds * warmUps);
  for (let round = 1; round <= rounds; round++) {
    say(`Sealed and unsealed, round ${round} of ${rounds}`);
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      runs.push({ measure: name, round, run: await run(name, seconds) });
    }
  }
  return runs;
};

/** More of them than of others: what counts is that the two lie close together. */
const rounds = 4;

/** As many rounds as it takes until most customers were read. */
const warmUps = 2;

const order: SealingMeasure[] = ['patch sealed', 'patch unsealed', 'get sealed', 'get unsealed'];
