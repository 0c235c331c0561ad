import type { JsonObject } from '../schema/json.ts';
import type { CustomerCall } from './customer-call.ts';
import { customerIdOf } from './named-customer.ts';
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
): Promise<JsonObject> => callFor({ tenant: tenantName }, routeId, asked);

/** The same for a route of one customer, who may be named by id or by number. */
export const callForCustomer = async (
  named: { tenant: string; customer: string },
  routeId: string,
  asked: CustomerCall = {},
): Promise<JsonObject> => callFor(named, routeId, asked);

const callFor = async (
  named: { tenant: string; customer?: string },
  routeId: string,
  asked: CustomerCall,
): Promise<JsonObject> => {
  const { callCustomer } = await import('./customer-call.ts');
  return withSession(async ({ database }) => {
    const tenant = await namedTenant(database, named.tenant);
    const params =
      named.customer === undefined
        ? asked.params
        : { ...asked.params, id: await customerIdOf(database, tenant, named.customer) };
    return callCustomer(database, tenant, routeId, { ...asked, ...(params ? { params } : {}) });
  });
};
