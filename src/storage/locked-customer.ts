import type { Tenant } from '../access/principal.ts';
import type { StoredCustomer } from '../customer/stored-rows.ts';
import { Refusal } from '../errors.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import { lockCustomers } from './customers.ts';
import type { Sql } from './sql.ts';

/**
 * A customer, deleted or not, locked until the transaction ends, so that what is decided of its erasure is decided one
 * after the other; undefined where there is none. Throws Refusal `erased`.
 */
export const lockedCustomer = async (
  sql: Sql,
  keys: TenantKeys,
  tenant: Tenant,
  customerId: string,
): Promise<StoredCustomer | undefined> => {
  const [row] = await lockCustomers(sql, keys, tenant.id, [customerId]);
  if (row?.erasedAt || row?.dataKey === 'destroyed') throw new Refusal('erased');
  return row;
};
