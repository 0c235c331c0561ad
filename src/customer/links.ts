import { mostInt32 } from '../schema/int32.ts';

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
