import type { JsonObject } from '../../schema/json.ts';
import { invalidQuery } from '../query.ts';
import { kindOf } from './filter-kinds.ts';
import { protectedMembers } from './protection.ts';
import { wire } from './wire.ts';

/** The order of two documents, as `Array.sort` has it. */
type Order = (one: JsonObject, other: JsonObject) => number;

/**
 * Reads `orderby`: members, separated by commas, `-` before one that descends. What has no value comes last, and first
 * where it descends. Undefined for the order of ids, which every list has. Throws Refusal `invalid-query`.
 */
export const readOrder = (text: string | undefined): Order | undefined => {
  if (text === undefined || text === '' || text === 'id') return undefined;
  const orders = text.split(',').map((part) => orderOf(part.trim()));
  return (one, other) => {
    for (const order of orders) {
      const result = order(one, other);
      if (result !== 0) return result;
    }
    return 0;
  };
};

const orderOf = (part: string): Order => {
  const descending = part.startsWith('-');
  const member = descending ? part.slice(1) : part;
  if (!Object.hasOwn(wire.properties, member))
    throw invalidQuery('orderby', 'unknownMember', 'names a member that customers do not have');
  if (protectedMembers.has(member))
    throw invalidQuery('orderby', 'encrypted', 'names a member that is encrypted and has no order');
  const kind = kindOf(member);
  const sign = descending ? -1 : 1;
  return (one, other) => {
    const [left, right] = [kind.of(one[member]), kind.of(other[member])];
    if (left === undefined || right === undefined)
      return sign * (Number(left === undefined) - Number(right === undefined));
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  };
};
