import type { StoredCustomer } from '../../src/customer/stored-rows.ts';
import { type DataKey, keyIn } from '../../src/privacy/data-key.ts';
import type { TestService } from './service.ts';
import { tenantOf } from './tenant-of.ts';

/** The key under which the service seals a customer. */
export const dataKeyOf = async (service: TestService, customerId: string): Promise<DataKey> => {
  const [row] = await service.app.door.store.readCustomers(await tenantOf(service), [customerId]);
  return keyIn((row as StoredCustomer).dataKey) as DataKey;
};
