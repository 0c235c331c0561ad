import { byteas, texts } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** Something by which customers are found: any of several tokens. */
interface Token {
  field: string;
  anyOf: Buffer[];
}

/** What a customer must have all of, what the fewest have first. */
export interface Wanted {
  tokens: Token[];
  /** Whether so few have the first one that each of them can be looked at. */
  few: boolean;
}

/** Finds out which of several the fewest customers have. */
export const rarestFirst = async (sql: Sql, tenantId: string, tokens: Token[]): Promise<Wanted> => {
  const counts = await sql<{ count: number }>(
    `SELECT (SELECT count(*)::int4 FROM (SELECT 1 FROM customer_lookup o WHERE o.tenant_id = $1 AND o.field = t.field
       AND o.token = t.token LIMIT ${mostLookedAt + 1}) AS counted) AS count
     FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS t (field, token, place) ORDER BY t.place`,
    [
      tenantId,
      texts(tokens.flatMap(({ field, anyOf }) => anyOf.map(() => field))),
      byteas(tokens.flatMap(({ anyOf }) => anyOf)),
    ],
  );
  const left = counts.map(({ count }) => count);
  const counted = tokens.map((token) => ({
    token,
    count: left.splice(0, token.anyOf.length).reduce((sum, one) => sum + one, 0),
  }));
  counted.sort((one, other) => one.count - other.count);
  return {
    tokens: counted.map(({ token }) => token),
    few: (counted[0] as { count: number }).count <= mostLookedAt,
  };
};

/** Looking one up costs as much as reading thirty in order. */
const mostLookedAt = 1000;

/** How found customers are walked: in the order of their numbers, from one on. */
interface Walk {
  descending: boolean;
  /** The parameter with the number that the last page ended with. */
  after: string | undefined;
}

/**
 * The rows `l` of the numbers of customers who have all of this, for a FROM clause; `$1` is the tenant, and `value`
 * makes a parameter. A token's customers lie in the index in the order of their numbers. When few have the rarest, the
 * others are looked up for each of them; otherwise all are read side by side, until a page is full.
 */
export const foundBy = ({ tokens, few }: Wanted, walk: Walk, value: (one: unknown) => string): string => {
  const having = ({ field, anyOf }: Token, row: string) =>
    `${row}.tenant_id = $1 AND ${row}.field = ${value(field)} AND ${row}.token IN (${anyOf.map(value)})`;
  const has = (token: Token) =>
    `EXISTS (SELECT 1 FROM customer_lookup o WHERE ${having(token, 'o')} AND o.number = t.number OFFSET 0)`;
  const beyond =
    walk.after === undefined ? '' : `AND t.number ${walk.descending ? '<' : '>'} ${walk.after}::int4`;
  // An offset keeps the planner, who does not know how many have a token, from choosing another way.
  const inOrder = `ORDER BY t.number ${walk.descending ? 'DESC' : 'ASC'} OFFSET 0`;
  const rows = (token: Token): string => {
    if (token.anyOf.length === 1)
      return `SELECT t.number FROM customer_lookup t WHERE ${having(token, 't')} ${beyond}`;
    // Each of several is read in order, and leaves out those whom one before it has.
    const each = token.anyOf.map((one, index) => {
      const before = index > 0 ? `AND NOT ${has({ ...token, anyOf: token.anyOf.slice(0, index) })}` : '';
      return `(${rows({ ...token, anyOf: [one] })} ${before} ${inOrder})`;
    });
    return `SELECT t.number FROM (${each.join(' UNION ALL ')}) AS t WHERE TRUE`;
  };
  const [first, ...others] = tokens as [Token, ...Token[]];
  if (!few) {
    const joined = others.map(
      (token, n) => `JOIN (${rows(token)} ${inOrder}) AS l${n} ON l${n}.number = l.number`,
    );
    return [`(${rows(first)} ${inOrder}) AS l`, ...joined].join(' ');
  }
  return `(${rows(first)} ${others.map((token) => `AND ${has(token)}`).join(' ')}) AS l`;
};
