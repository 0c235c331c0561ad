import { isObject, type Json } from '../schema/json.ts';
import type { Shape } from '../schema/shape.ts';
import type { CustomerData } from './customer.ts';
import { wordsOf } from './normalise.ts';
import { customerShape } from './record.ts';
import { searchedParts } from './search-names.ts';

/** Every whole word of the names by which a customer is found. */
export const nameWords = (data: CustomerData): ReadonlySet<string> => {
  const words = new Set<string>();
  const visit = (shape: Shape, value: Json | undefined): void => {
    if (shape.kind === 'list' && Array.isArray(value)) for (const item of value) visit(shape.item, item);
    if (shape.kind === 'group' && isObject(value)) {
      for (const [name, part] of searchedParts(shape)) visit(part, value[name]);
    }
    if (shape.marks.search?.by === 'words' && typeof value === 'string') {
      for (const word of wordsOf(value)) words.add(word);
    }
  };
  visit(customerShape, data as Json);
  return words;
};
