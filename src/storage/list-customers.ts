import type { ListQuery } from '../customer/store.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { customerColumns } from './customers.ts';
import type { Wrapped } from './data-keys.ts';
import type { Database } from './database.ts';
import { descendants } from './descendants.ts';
import { foundBy, rarestFirst, type Wanted } from './found-by-tokens.ts';
import type { Sql } from './sql.ts';

/** A query whose tokens were put in the order in which they are looked for. */
type PlannedQuery = Omit<ListQuery, 'tokens'> & { wanted: Wanted };

/** Plans a query; one that looks for several tokens at once asks first how many have them. */
export const plannedQuery = async (
  database: Database,
  tenantId: string,
  { tokens, ...query }: ListQuery,
): Promise<PlannedQuery> => {
  const several = tokens.length > 1;
  const wanted =
    several && (await database.readInTenant(tenantId, (sql) => rarestFirst(sql, tenantId, tokens)));
  return { ...query, wanted: wanted || { tokens, few: true } };
};

/** A page of customers that are not deleted, in the asked order, by keyset. */
export const listCustomers = async (
  sql: Sql,
  tenantId: string,
  query: PlannedQuery,
): Promise<Wrapped<StoredCustomer>[]> => {
  const { from, conditions, values, value } = partsOf(tenantId, query);
  const order = query.descending ? 'DESC' : 'ASC';
  // A number is one customer's. Named by the row that was found, the order is that of the index it was found in.
  const found = query.wanted.tokens.length > 0;
  const keys =
    query.sort === 'number' ? [found ? 'l.number' : 'c.number'] : ['c.updated_at', 'c.customer_id'];
  if (query.after && query.sort === 'updatedAt') {
    const after = `(${value(query.after.value)}::timestamptz, ${value(query.after.customerId)}::uuid)`;
    conditions.push(`(${keys}) ${query.descending ? '<' : '>'} ${after}`);
  }
  return sql(
    `SELECT ${customerColumns} FROM ${from} WHERE ${conditions.join(' AND ')}
       ORDER BY ${keys.map((key) => `${key} ${order}`).join(', ')} LIMIT ${value(query.limit)}
       OFFSET ${value(query.offset ?? 0)}`,
    values,
  );
};

/** How many customers a query finds, whatever page it asks for. */
export const countCustomers = async (sql: Sql, tenantId: string, query: PlannedQuery): Promise<number> => {
  const { from, conditions, values } = partsOf(tenantId, { ...query, after: null });
  const [row] = await sql<{ count: number }>(
    `SELECT count(*)::float8 AS count FROM ${from} WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return row?.count ?? 0;
};

/** Where customers are looked for, what every one of a list must be, and the values that this names. */
const partsOf = (tenantId: string, query: PlannedQuery) => {
  const values: unknown[] = [tenantId];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const conditions = ['c.tenant_id = $1', 'c.deleted_at IS NULL'];
  const after = query.sort === 'number' && query.after ? value(query.after.value) : undefined;
  const { wanted, descending } = query;
  const found =
    wanted.tokens.length > 0 &&
    `${foundBy(wanted, { descending: descending && query.sort === 'number', after }, value)} JOIN customer c ON c.number = l.number`;
  if (!found && after !== undefined) {
    conditions.push(`c.number ${descending ? '<' : '>'} ${after}::int4`);
  }
  if (query.within !== null) conditions.push(`c.customer_id IN (${descendants(value(query.within))})`);
  if (query.parentId !== undefined) {
    conditions.push(
      query.parentId === null ? 'c.parent_id IS NULL' : `c.parent_id = ${value(query.parentId)}`,
    );
  }
  if (query.number !== undefined) conditions.push(`c.number = ${value(query.number)}`);
  if (query.updatedSince)
    conditions.push(`c.updated_at >= ${value(query.updatedSince.toISOString())}::timestamptz`);
  return { from: found || 'customer c', conditions, values, value };
};
