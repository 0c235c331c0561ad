import type { Customer } from '../../customer/customer.ts';
import { type Field, fieldOf, type Value } from './fields.ts';

/** The order of a list: how it is told, and how two customers, as the caller sees them, stand to each other. */
interface Sort {
  text: string;
  compare(one: Customer, other: Customer): number;
}

/**
 * Reads `sort`: one field or several and a direction, `name,ASC`; further ones, each on a line of its own, decide where
 * the former say the same. Undefined when nothing was asked. Throws Refusal `invalid-query`.
 */
export const sortOf = (text: string | undefined): Sort | undefined => {
  if (text === undefined) return undefined;
  const criteria = text.split('\n').flatMap(criteriaIn);
  return {
    text: criteria.map(({ name, descends }) => `${name},${descends ? 'DESC' : 'ASC'}`).join(','),
    compare(one, other) {
      for (const { value, descends } of criteria) {
        const order = compareValues(value(one), value(other));
        if (order !== 0) return descends ? -order : order;
      }
      return 0;
    },
  };
};

interface Criterion {
  name: string;
  value: Field;
  descends: boolean;
}

const criteriaIn = (line: string): Criterion[] => {
  const names = line.split(',').map((name) => name.trim());
  const direction = /^(ASC|DESC)$/i.test(names.at(-1) ?? '') ? names.pop() : undefined;
  const descends = direction?.toUpperCase() === 'DESC';
  // A direction alone names nothing, and is refused as such.
  return (names.length === 0 ? [''] : names).map((name) => ({
    name,
    value: fieldOf(name, 'sort'),
    descends,
  }));
};

/** Nothing stands before everything, numbers by their size, texts as people sort them. */
const compareValues = (one: Value, other: Value): number => {
  if (one === undefined || other === undefined)
    return Number(other === undefined) - Number(one === undefined);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return collator.compare(String(one), String(other));
};

const collator = new Intl.Collator('en');
