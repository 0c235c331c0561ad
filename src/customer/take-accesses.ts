import { keyIn } from '../privacy/data-key.ts';
import type { AccessRow } from './access-store.ts';
import type { Context } from './context.ts';
import type { Disclosure } from './disclosures.ts';
import { sealBeside } from './sealing-key.ts';

/** Takes out what was noted, as rows of the access log: one for each version of a customer that was shown or made. */
export const takeAccesses = (context: Context): AccessRow[] => {
  const { disclosed } = context;
  if (disclosed.noted.length === 0) return [];
  const rows = new Map<string, Disclosure>();
  for (const one of disclosed.noted) {
    const name = `${one.kind} ${one.customer.id} ${one.customer.version}`;
    const known = rows.get(name);
    rows.set(name, known ? { ...one, members: new Set([...known.members, ...one.members]) } : one);
  }
  disclosed.noted = [];
  return [...rows.values()].map((one) => rowOf(context, one));
};

const rowOf = (context: Context, { kind, customer, members }: Disclosure): AccessRow => {
  const { tenant, principal, contract, operation, requestId, reason, newId } = context;
  const accessId = newId();
  const place = { tenantId: tenant.id, customerId: customer.id, version: customer.version };
  return {
    accessId,
    customerId: customer.id,
    version: customer.version,
    kind,
    principal: principal.name,
    contract,
    operation,
    requestId,
    fields: JSON.stringify([...members].sort()),
    reason:
      reason === null
        ? null
        : sealBeside(reason, keyIn(customer.dataKey), tenant, { kind: 'access', ...place, name: accessId }),
  };
};
