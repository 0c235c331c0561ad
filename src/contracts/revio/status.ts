import { CodecFault } from '../../mapping/codec.ts';
import { type CustomRule, custom } from '../../mapping/rule.ts';
import type { Json } from '../../schema/json.ts';

/**
 * Rev.io says a state in two members: `status`, and `suspended`, which an account may be in every status. For the record
 * a suspended open account is `suspended`; in any other status the flag is kept for Rev.io alone, as the state that it was
 * said with, and means nothing in another one that some other contract brings about.
 */
export const status = (): CustomRule =>
  custom({
    wire: ['status', 'suspended'],
    canonical: ['status', kept],
    write(record) {
      const state = record['status'] ?? null;
      if (state === 'suspended') return { status: 'OPEN', suspended: true };
      const extension = (record['extensions'] as Extensions)?.revio?.suspended;
      if (state === null) return { status: null, suspended: false };
      // Once, the flag was kept without its state.
      const isKept = state !== 'active' && (extension === state || extension === true);
      return { status: words.get(state) ?? state, suspended: isKept };
    },
    read({ status: word, suspended }) {
      if (suspended === true && (word === 'OPEN' || isNone(word)))
        return { status: 'suspended', [kept]: undefined };
      const state = isNone(word) ? word : stateOf(word);
      return { status: state, [kept]: suspended === true ? state : undefined };
    },
  });

const kept = 'extensions.revio.suspended';

type Extensions = { revio?: { suspended?: Json } | null } | null | undefined;

const words = new Map<Json, Json>([
  ['active', 'OPEN'],
  ['pending', 'PENDING'],
  ['closed', 'CLOSED'],
  ['prospect', 'PROSPECT'],
]);

const states = new Map([...words].map(([state, word]) => [word, state]));

const isNone = (word: Json | undefined): word is null | undefined => word === null || word === undefined;

const stateOf = (word: Json): Json => {
  const state = states.get(word);
  if (state === undefined) throw new CodecFault('enum', `must be one of ${[...states.keys()].join(', ')}`);
  return state;
};
