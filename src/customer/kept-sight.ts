import { Refusal } from '../errors.ts';
import { type PersonalRights, secretSightOf, sightOf } from '../privacy/sight.ts';
import { type Context, personalRights } from './context.ts';
import { loggedLevel, noteMembers, noteShown } from './note-disclosure.ts';
import type { World } from './world.ts';

/**
 * What a reply that is kept shows of a customer: the protection level under which it was shown, and from level 3 on the
 * members. Undefined where it shows none.
 */
export const keptSight = ({ disclosed }: Context, customerId: string): string | undefined => {
  if (disclosed.level === 0) return undefined;
  const shown = disclosed.noted.filter((one) => one.kind === 'read' && one.customer.id === customerId);
  return [disclosed.level, ...new Set(shown.flatMap(({ members }) => [...members]))].join(' ');
};

/**
 * Judges a kept reply before it is shown again: it is written down like any other answer, and one that shows what the
 * caller may no longer see is refused with `forbidden`. May throw Missing.
 */
export const judgeKept = (context: Context, customerId: string, kept: string, world: World): void => {
  const [level = '', ...members] = kept.split(' ');
  const customer = world.customerOrLoad(customerId);
  if (!customer) return;
  const now = customer.data.protectionLevel;
  if (seesLess(now, Number(level), personalRights(context.principal))) {
    const detail = 'the customer is protected more since; the reply is no longer shown';
    throw new Refusal('forbidden', { faults: [{ pointer: '', rule: 'protected', detail }] });
  }
  // Of a reply that was made while the customer was protected less, the members of now have to do.
  if (Number(level) >= loggedLevel) noteMembers(context, customer, members);
  else noteShown(context, customer);
};

const seesLess = (now: number, then: number, rights: PersonalRights): boolean =>
  [sightOf, secretSightOf].some((sight) => ranks[sight(now, rights)] < ranks[sight(then, rights)]);

const ranks = { hide: 0, mask: 1, show: 2 };
