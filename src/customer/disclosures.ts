import { declaredMembers } from '../privacy/personal-members.ts';
import type { Shape } from '../schema/shape.ts';
import type { Customer } from './customer.ts';
import { customerShape } from './record.ts';

/** What a call showed and changed of personal members, until it is kept. */
export interface Disclosures {
  /** The personal members that the contract can say; null for all. */
  says: ReadonlySet<string> | null;
  /** The highest protection level of the customers that were shown, 0 for none. */
  level: number;
  noted: Disclosure[];
}

/** Personal members of one version of a customer, by name. */
export interface Disclosure {
  kind: 'read' | 'write';
  customer: Customer;
  members: ReadonlySet<string>;
}

/** Nothing yet, of a contract that can say these members. */
export const noDisclosures = (says: ReadonlySet<string> | null): Disclosures => ({
  says,
  level: 0,
  noted: [],
});

/**
 * The personal members among those that a mapping covers, groups standing for all in them; null where there is no mapping,
 * so that all can be said.
 */
export const saidMembers = (covers: readonly string[] | undefined): ReadonlySet<string> | null => {
  if (!covers) return null;
  const isSaid = (name: string) =>
    covers.some((one) => one === name || one.startsWith(`${name}.`) || name.startsWith(`${one}.`));
  return new Set([...personalShapes.keys()].filter(isSaid));
};

/** Every personal and secret member of the record, by name. */
export const personalShapes: ReadonlyMap<string, Shape> = new Map(declaredMembers(customerShape));
