import type { Tenant } from '../access/principal.ts';
import type { AccessRow, AccessStore } from './access-store.ts';
import type { Context } from './context.ts';
import { type Gatherer, gatherer } from './gather.ts';
import { takeAccesses } from './take-accesses.ts';

/**
 * Makes the keeper of the access log: it writes down what a call noted and resolves when that is durable, so that
 * nothing is shown without its entry. Calls that come at the same time are written together. Throws Refusal `unavailable`.
 */
export const createKeepAccesses = (store: AccessStore): ((context: Context) => Promise<void>) => {
  const tenants = new Map<string, Gatherer<AccessRow[], void>>();
  const gathererOf = (tenant: Tenant): Gatherer<AccessRow[], void> => {
    const known = tenants.get(tenant.id);
    if (known) return known;
    const made = gatherer<AccessRow[], void>({
      async run(calls) {
        await store.insertAccesses(tenant, calls.flat());
        return calls.map(() => ({ status: 'fulfilled', value: undefined }));
      },
      mostItems: 256,
      mostGroups: 2,
    });
    tenants.set(tenant.id, made);
    return made;
  };
  return async (context) => {
    const rows = takeAccesses(context);
    if (rows.length > 0) await gathererOf(context.tenant).add(rows);
  };
};
