import type { Sql } from './sql.ts';

/**
 * Makes statements fail, and their transaction with them, unless each gives back exactly `count` rows. The end of the
 * transaction can then be sent along with them. Every statement needs a RETURNING. The failure is a division by zero,
 * which `isWrongCount` knows: every database of the PostgreSQL family has it, without a function of ours.
 */
export const exactly =
  (sql: Sql, count: number): Sql =>
  (text, values = []) => {
    let counting = countingForms.get(text);
    if (counting === undefined) {
      counting = `WITH w AS (${text}) SELECT 1 / (count(*) = $${values.length + 1})::int4 AS counted FROM w`;
      countingForms.set(text, counting);
    }
    return sql(counting, [...values, count]);
  };

const countingForms = new Map<string, string>();
