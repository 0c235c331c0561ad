import type { NumberedCustomer } from '../customer/store.ts';
import { int4s, uuids } from './binary-array.ts';
import type { Sql } from './sql.ts';

/** The numbers of customers, deleted ones included. */
export const readNumbersOf = async (
  sql: Sql,
  tenantId: string,
  ids: string[],
): Promise<NumberedCustomer[]> =>
  ids.length === 0
    ? []
    : sql(
        `SELECT c.customer_id AS "customerId", c.number FROM customer c
         WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[])`,
        [tenantId, uuids(ids)],
      );

/** The customers of numbers, deleted ones included. */
export const readIdsOf = async (
  sql: Sql,
  tenantId: string,
  numbers: number[],
): Promise<NumberedCustomer[]> =>
  numbers.length === 0
    ? []
    : sql(
        `SELECT c.customer_id AS "customerId", c.number FROM customer c
         WHERE c.tenant_id = $1 AND c.number = ANY($2::int4[])`,
        [tenantId, int4s(numbers)],
      );
