/**
 * How a customer is named where a contract says numbers and the record ids. The caller knows them and hands them in, so
 * that a mapping stays pure. Null where nothing has that name, as far as the caller may see.
 */
export interface Links {
  numberOf(id: string): number | null;
  idOf(number: number): string | null;
}

/** Where nobody asks for links, or none can be known. */
export const noLinks: Links = { numberOf: () => null, idOf: () => null };
