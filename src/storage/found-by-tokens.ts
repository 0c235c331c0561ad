/** A token to look for: the parameters that name its field and itself. */
interface Asked {
  field: string;
  token: string;
}

/**
 * The conditions under which a row `l` of `customer_lookup` names a customer who has all these tokens; `$1` is the
 * tenant. One token is one range of the index, in the order of numbers. Of several the rarest is walked, which `leadOf`
 * finds, and the others are looked up customer by customer.
 */
export const foundBy = (tokens: Asked[]): string[] => {
  const [first, ...others] = tokens;
  if (!first) return [];
  if (others.length === 0)
    return ['l.tenant_id = $1', `l.field = ${first.field}`, `l.token = ${first.token}`];
  return [
    'l.tenant_id = $1',
    'l.field = (SELECT field FROM lead)',
    'l.token = (SELECT token FROM lead)',
    ...tokens.map(
      // The offset keeps the planner from making joins of these, which it would order without knowing the tokens.
      ({ field, token }) => `(${token} = (SELECT token FROM lead) OR EXISTS (SELECT 1 FROM customer_lookup o
         WHERE o.tenant_id = $1 AND o.field = ${field} AND o.token = ${token} AND o.number = l.number OFFSET 0))`,
    ),
  ];
};

/** What stands before a statement that uses `foundBy`: the rarest of several tokens. */
export const leadOf = (tokens: Asked[]): string => {
  if (tokens.length < 2) return '';
  const asked = tokens.map(({ field, token }) => `(${field}::text, ${token}::bytea)`).join(', ');
  return `WITH lead AS (
    SELECT t.field, t.token FROM (VALUES ${asked}) AS t (field, token) ORDER BY (
      SELECT count(*) FROM (SELECT 1 FROM customer_lookup o WHERE o.tenant_id = $1 AND o.field = t.field
        AND o.token = t.token LIMIT ${mostCounted}) AS counted
    ) LIMIT 1)`;
};

/** Tokens with more customers than this count as equally frequent. */
const mostCounted = 10_000;
