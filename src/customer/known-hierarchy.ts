import type { Known } from './known.ts';
import { missing } from './missing.ts';

/** The ancestors of a customer, its parent first. Throws Missing. */
export const ancestorIds = (known: Known, id: string): string[] => {
  const chain: string[] = [];
  for (let next = parentOf(known, id); next !== null && !chain.includes(next); next = parentOf(known, next)) {
    chain.push(next);
  }
  return chain;
};

const parentOf = ({ customers, parents, needs }: Known, id: string): string | null => {
  const customer = customers.get(id);
  if (customer) return customer.data.parentId ?? null;
  const link = parents.get(id);
  return link === undefined ? missing(() => needs.ancestorsOf.push(id)) : link;
};

/** Whether a customer has sub-customers that are not deleted. Throws Missing. */
export const hasSubCustomers = (known: Known, id: string): boolean => {
  const { loaded, needs, customers, childrenLoaded } = known;
  if (!childrenLoaded.has(id)) missing(() => needs.childrenOf.push(id));
  const isChild = (child: string, parent: string | null) => {
    const decided = customers.get(child);
    return decided ? decided.deletedAt === null && decided.data.parentId === id : parent === id;
  };
  return (
    loaded.children.some((link) => isChild(link.customerId, link.parentId)) ||
    [...customers.values()].some((one) => one.deletedAt === null && one.data.parentId === id)
  );
};
