import type { JsonObject } from '../schema/json.ts';
import type { CustomerCall } from './customer-call.ts';
import { namedTenant } from './named-tenant.ts';
import { withSession } from './session.ts';

/**
 * Makes one call of the native API in a session of its own, for the tenant of a name. What judges the call is loaded
 * only now, so that no other command waits for it. Throws as `callCustomer` and `withSession` do.
 */
export const callInSession = async (
  tenantName: string,
  routeId: string,
  asked: CustomerCall,
): Promise<JsonObject> => {
  const { callCustomer } = await import('./customer-call.ts');
  return withSession(async ({ database }) =>
    callCustomer(database, await namedTenant(database, tenantName), routeId, asked),
  );
};
