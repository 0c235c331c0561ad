import { Refusal } from '../../errors.ts';
import { invalidHeader } from '../../headers/invalid-header.ts';
import type { Header } from '../contract.ts';

/** The header that names the target tenant, as every page of the vendor has it. */
export const tenantHeader = 'X-Servitly-Tenant';

/** The name of the tenant that a request is for; older clients say it by an older name. Throws `invalid-header`. */
export const tenantNamed = (header: Header): string => {
  const name = header('x-servitly-tenant') || header('x-semioty-tenant');
  if (name) return name;
  throw invalidHeader(tenantHeader, 'required', 'is required');
};

/** Judges that a request is for the tenant of its token. Throws Refusal `invalid-header` and `forbidden`. */
export const checkTenant = (tenant: { name: string }, header: Header): void => {
  if (tenantNamed(header) === tenant.name) return;
  const fault = { pointer: tenantHeader, rule: 'tenant', detail: 'is not the tenant of the token' };
  throw new Refusal('forbidden', { faults: [fault] });
};
