import { mostInt32 } from '../schema/int32.ts';
import type { Customer } from './customer.ts';
import type { Loaded, Needs } from './store.ts';

/**
 * References between customers, for contracts that name a customer by its number. `numberOf` is null for an id that
 * nobody has; `idOf` is null for a number that nobody has whom the caller sees.
 */
export interface Links {
  numberOf(id: string): number | null;
  idOf(number: number): string | null;
}

/** Whether a number may be that of a customer; storage takes no other. */
export const isCustomerNumber = (number: number): boolean =>
  Number.isInteger(number) && number >= 1 && number <= mostInt32;

/** Links out of rows that were read. `sees` tells whose ids the caller may learn. */
export const linksOf = (
  rows: readonly { customerId: string; number: number }[],
  sees: (customerId: string) => boolean,
): Links => {
  const numbers = new Map(rows.map((row) => [row.customerId, row.number]));
  const ids = new Map(rows.map((row) => [row.number, row.customerId]));
  return {
    numberOf: (id) => numbers.get(id) ?? null,
    idOf(number) {
      const id = ids.get(number);
      return id !== undefined && sees(id) ? id : null;
    },
  };
};

/** What the links inside of a group's decisions are made of. */
interface LinkSource {
  loaded: Loaded;
  needs: Needs;
  /** Every customer known so far, also those that the group has just made. */
  customers: ReadonlyMap<string, Customer>;
  missing(note: () => void): never;
  ancestorIds(id: string): string[];
}

/** Makes the links of a group by the customer that a caller is bound to. What was not loaded throws Missing. */
export const groupLinks = (source: LinkSource): ((root: string | null) => Links) => {
  const { loaded, needs, customers, missing, ancestorIds } = source;
  const idOf = (number: number): string | null => {
    if (!isCustomerNumber(number)) return null;
    for (const customer of customers.values()) if (customer.number === number) return customer.id;
    const row = loaded.numbered.find((one) => one.number === number);
    if (row || loaded.idsOfNumbers.includes(number)) return row?.customerId ?? null;
    return missing(() => needs.idsOfNumbers.push(number));
  };
  const numberOf = (id: string): number | null => {
    const known = customers.get(id) ?? loaded.numbered.find((one) => one.customerId === id);
    if (known || loaded.numbersOfIds.includes(id)) return known?.number ?? null;
    return missing(() => needs.numbersOfIds.push(id));
  };
  const unbound: Links = { numberOf, idOf };
  return (root) =>
    root === null
      ? unbound
      : {
          numberOf,
          idOf(number) {
            const id = idOf(number);
            return id === null || id === root || ancestorIds(id).includes(root) ? id : null;
          },
        };
};
