import { Refusal } from '../errors.ts';
import type { AccessQuery, StoredAccess } from './access-store.ts';
import type { Context } from './context.ts';
import type { Door } from './execute.ts';
import { pageToken, readPageToken } from './page-token.ts';
import { unsealBeside } from './sealing-key.ts';

/** Which entries of the access log to list; all that is given must hold. `until` itself is left out. */
export interface AccessInput {
  customerId?: string;
  principal?: string;
  since?: Date;
  until?: Date;
  limit: number;
  pageToken: string | undefined;
}

/** One access to personal members of a customer at protection level 3 or 4. */
interface Access extends Pick<StoredAccess, 'kind' | 'customerId' | 'version' | 'principal'> {
  id: string;
  occurredAt: Date;
  contract: string;
  operation: string;
  requestId: string;
  /** The names of the members that were shown or changed. */
  fields: string[];
  /** Why, in the caller's words; null where none were said, where they can't be opened, and once the customer is erased. */
  reason: string | null;
}

/**
 * Lists the access log of what the caller's key sees, the newest first; entries of deleted and erased customers stay.
 * Throws Refusal `not-found` for a named customer that the key does not see, `forbidden` and `invalid-page-token`.
 */
export const listAccesses = async (
  door: Door,
  context: Context,
  input: AccessInput,
): Promise<{ accesses: Access[]; nextPageToken: string | undefined }> => {
  door.authorise(context, ['privacy:manage']);
  const { tenant, principal } = context;
  const { limit, pageToken: token, ...filters } = input;
  if (filters.customerId !== undefined && !(await isThere(door, context, filters.customerId))) {
    throw new Refusal('not-found');
  }
  const asked = JSON.stringify(['accesses', filters, principal.customerId]);
  const rows = await door.store.listAccesses(tenant, {
    ...filters,
    within: principal.customerId,
    before: token === undefined ? null : placeIn(readPageToken(tenant, asked, token)),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const end = last && { value: last.occurredAt.toISOString(), customerId: last.accessId };
  return {
    accesses: page.map((row) => accessOf(context, row)),
    nextPageToken: end && pageToken(tenant, asked, end),
  };
};

const placeIn = ({ value, customerId }: { value: string; customerId: string }): AccessQuery['before'] => ({
  occurredAt: new Date(value),
  accessId: customerId,
});

/** Whether the key sees a customer, deleted and erased ones included. */
const isThere = async ({ store }: Door, { tenant, principal }: Context, id: string): Promise<boolean> => {
  const root = principal.customerId;
  if (root !== null) return (await store.readWithin(tenant, root, [id])).has(id);
  return (await store.readNumbers(tenant, [id], [])).length > 0;
};

const accessOf = (context: Context, row: StoredAccess): Access => {
  const { accessId, reason: _reason, fields, dataKey: _key, ...rest } = row;
  return {
    ...rest,
    id: accessId,
    fields: JSON.parse(fields) as string[],
    reason: reasonOf(context, row),
  };
};

/** An entry whose reason nobody can open counts without it: it must not hide the others. */
const reasonOf = ({ tenant }: Context, row: StoredAccess): string | null => {
  const { accessId: name, reason, dataKey, customerId, version } = row;
  if (reason === null || dataKey === 'destroyed') return null;
  try {
    const place = { kind: 'access', tenantId: tenant.id, customerId, version, name } as const;
    return unsealBeside(reason, dataKey, tenant, place);
  } catch {
    return null;
  }
};
