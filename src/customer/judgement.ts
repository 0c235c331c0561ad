import { Refusal } from '../errors.ts';
import type { Decision } from './decide-command.ts';
import type { Outcome } from './operation.ts';

/** What `judge` comes to, or the refusal that it ended with. Throws all else that `judge` throws. */
export const judged = (judge: () => Judgement): Judgement => {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Refusal) return { decision: null, result: { kind: 'refused', refusal: error } };
    throw error;
  }
};

/** How a command ends, and what it changes if it does. */
export interface Judgement {
  decision: Decision | null;
  result: Outcome;
}
