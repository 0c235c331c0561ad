import type { Known } from './known.ts';
import { ancestorIds } from './known-hierarchy.ts';
import { isCustomerNumber, type Links } from './links.ts';
import { missing } from './missing.ts';

/** Makes the links of a group by the customer that a caller is bound to. What was not loaded throws Missing. */
export const groupLinks = (known: Known): ((root: string | null) => Links) => {
  const { loaded, needs, customers } = known;
  const idOf = (number: number): string | null => {
    if (!isCustomerNumber(number)) return null;
    for (const customer of customers.values()) if (customer.number === number) return customer.id;
    const row = loaded.numbered.find((one) => one.number === number);
    if (row || loaded.idsOfNumbers.includes(number)) return row?.customerId ?? null;
    return missing(() => needs.idsOfNumbers.push(number));
  };
  const numberOf = (id: string): number | null => {
    const customer = customers.get(id) ?? loaded.numbered.find((one) => one.customerId === id);
    if (customer || loaded.numbersOfIds.includes(id)) return customer?.number ?? null;
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
            return id === null || id === root || ancestorIds(known, id).includes(root) ? id : null;
          },
        };
};
