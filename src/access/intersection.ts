import { nilUuid } from '../uuid.ts';
import type { Principal } from './principal.ts';

/**
 * A program that calls for a person: only what both may do, and only the customers that both see. `isWithin` tells
 * whether a customer is `root` or below it. The name is both names with a tab between, which no key's name can hold,
 * so that the history shows both and nobody else is called so.
 */
export const intersection = async (
  program: Principal,
  person: Principal,
  isWithin: (root: string, customerId: string) => Promise<boolean>,
): Promise<Principal> => ({
  name: `${program.name}\t${person.name}`,
  scopes: new Set([...program.scopes].filter((scope) => person.scopes.has(scope))),
  customerId: await narrower(program.customerId, person.customerId, isWithin),
});

const narrower = async (
  one: string | null,
  other: string | null,
  isWithin: (root: string, customerId: string) => Promise<boolean>,
): Promise<string | null> => {
  if (one === null || one === other) return other;
  if (other === null) return one;
  if (await isWithin(one, other)) return other;
  // Where two see nothing in common, nothing is there.
  return (await isWithin(other, one)) ? one : nilUuid;
};
