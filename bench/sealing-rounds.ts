import { measure, type SealingMeasure, type Stand } from './measures.ts';
import type { Results } from './results.ts';
import { say } from './say.ts';

/**
 * Measures a service that seals and one that does not in alternation, each on a database of its own, so that whatever
 * slows the machine for a while slows both; every other round begins with the other one. Reads and changes take turns,
 * as they do in a service. Rounds are many and short: no service that is as busy as this one rests for half a minute, in
 * which it would let go of the keys that it keeps, and a slow machine is slow for longer than a round.
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
  for (let round = 1; round <= sealingRounds; round++) {
    say(`Sealed and unsealed, round ${round} of ${sealingRounds}`);
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      runs.push({ measure: name, round, run: await run(name, sealingSeconds(seconds)) });
    }
  }
  return runs;
};

/** How long a round of this comparison is, where one of the others takes so many seconds. */
export const sealingSeconds = (seconds: number): number => Math.max(1, Math.round(seconds / 5));

/** As long in all as four rounds of the others: what counts is that the two lie close together. */
export const sealingRounds = 20;

/** As many rounds as it takes until most customers were read. */
const warmUps = 2;

const order: SealingMeasure[] = ['patch sealed', 'patch unsealed', 'get sealed', 'get unsealed'];
