import type { Principal, Tenant } from '../access/principal.ts';
import type { Scope } from '../access/scopes.ts';
import type { ErrorCode } from '../errors.ts';
import { seal, unseal } from '../privacy/seal.ts';
import type { Json } from '../schema/json.ts';
import type { Command, Outcome, Reply } from './operation.ts';
import { noNeeds, noWrites, type RequestEnd, type RequestRow, type Store } from './store.ts';

/** A call that was accepted to be carried out later: enough to make it again as if it came now. */
export interface AcceptedCall {
  route: string;
  /** Path and query as they were sent. */
  url?: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  contentType: string;
  body: Json;
  hasBody: boolean;
  principal: { name: string; scopes: Scope[]; customerId: string | null };
  reason: string | null;
  requestId: string;
}

/** Closes an accepted call for storage. */
export const sealCall = (call: AcceptedCall, tenantId: string, customerId: string): Buffer =>
  seal(call as unknown as Json, { tenantId, customerId, version: 0 });

/** Opens a stored call. */
export const unsealCall = (row: RequestRow, tenantId: string): AcceptedCall =>
  unseal(row.sealed, { tenantId, customerId: row.customerId, version: 0 }) as unknown as AcceptedCall;

/**
 * Whether a caller may ask how an accepted call went: the principal that made it, bound to the same customer. Of a call
 * that can no longer be opened the principal alone is known; it is still told that the call ended.
 */
export const mayAskFor = (row: RequestRow, tenantId: string, { name, customerId }: Principal): boolean => {
  if (row.principal !== name) return false;
  const caller = callerOf(row, tenantId);
  return caller === undefined || caller.customerId === customerId;
};

/** Whether a caller sees as much of personal data as the one whose reply was kept; no where that is not known. */
export const seesReply = (row: RequestRow, tenantId: string, { scopes }: Principal): boolean =>
  callerOf(row, tenantId)?.scopes.every(
    (scope) => scopes.has(scope) || !['personal:read', 'privacy:manage'].includes(scope),
  ) ?? false;

const callerOf = (row: RequestRow, tenantId: string): AcceptedCall['principal'] | undefined => {
  try {
    return unsealCall(row, tenantId).principal;
  } catch {
    return undefined;
  }
};

/** The principal that made an accepted call, with the rights it had. */
export const principalOf = (call: AcceptedCall): Principal => ({
  ...call.principal,
  scopes: new Set(call.principal.scopes),
});

/** The reply to an ended request, and why it failed if it did: `internal-error` alone is the service's own fault. */
export interface KeptReply extends Reply {
  code?: ErrorCode;
}

/** How an accepted request ends with its command: in the same transaction. */
export const endOf = (command: Command, requestId: string, outcome: Outcome, reply: Reply): RequestEnd => {
  const kept: KeptReply = outcome.kind === 'refused' ? { ...reply, code: outcome.refusal.code } : reply;
  return {
    requestId,
    status: outcome.kind === 'refused' ? 'failed' : 'succeeded',
    result: seal(kept as unknown as Json, {
      tenantId: command.context.tenant.id,
      customerId: command.customerId,
      version: 0,
    }),
  };
};

/** The reply that an ended request kept. */
export const resultOf = (row: RequestRow, tenantId: string): KeptReply | null =>
  row.result &&
  (unseal(row.result, { tenantId, customerId: row.customerId, version: 0 }) as unknown as KeptReply);

/** Ends a request as failed that no command could judge. */
export const endUnjudged = (store: Store, tenant: Tenant, row: RequestRow, reply: KeptReply): Promise<void> =>
  store.transact(tenant, async (tx) => {
    const { now } = await tx.load(noNeeds());
    const place = { tenantId: tenant.id, customerId: row.customerId, version: 0 };
    const ended = {
      requestId: row.requestId,
      status: 'failed' as const,
      result: seal(reply as unknown as Json, place),
    };
    await tx.save({ ...noWrites(now), endedRequests: [ended] });
  });
