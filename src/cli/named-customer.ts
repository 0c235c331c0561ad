import type { Tenant } from '../access/principal.ts';
import { isCustomerNumber } from '../customer/links.ts';
import { readIdsOf } from '../storage/customer-numbers.ts';
import type { Database } from '../storage/database.ts';
import { canonicalUuid } from '../uuid.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';

/** The id of a customer that is named by its id or its number, deleted ones included. Throws CommandFailure (missing). */
export const customerIdOf = async (database: Database, tenant: Tenant, named: string): Promise<string> => {
  const id = canonicalUuid(named);
  if (id) return id;
  const number = /^\d+$/.test(named) ? Number(named) : 0;
  const [row] = isCustomerNumber(number)
    ? await database.readInTenant(tenant.id, (sql) => readIdsOf(sql, tenant.id, [number]))
    : [];
  if (row) return row.customerId;
  throw new CommandFailure(
    exitCodes.missing,
    `There is no customer with this id or number in the tenant ${tenant.name}.`,
  );
};
