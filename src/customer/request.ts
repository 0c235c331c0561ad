import type { Principal, Tenant } from '../access/principal.ts';
import { type ErrorCode, Refusal } from '../errors.ts';
import { type DataKey, keyIn } from '../privacy/data-key.ts';
import { sealContent, unsealText } from '../privacy/seal.ts';
import type { AcceptedCall } from './accepted-call.ts';
import { asText, type Command, type Outcome, type Reply, type TextReply } from './operation.ts';
import { sealBeside, unsealBeside } from './sealing-key.ts';
import { noNeeds, noWrites, type Store } from './store.ts';
import type { RequestEnd, StoredRequest } from './stored-rows.ts';

/** Closes an accepted call for storage. */
export const sealCall = (call: AcceptedCall, key: DataKey, named: RequestName): Buffer =>
  sealContent(JSON.stringify(call), key, placeOf('request', named));

/** Opens a stored call. Throws Refusal `erased` when its customer was erased. */
export const unsealCall = (row: StoredRequest, tenantId: string): AcceptedCall => {
  if (row.dataKey === 'destroyed') throw new Refusal('erased');
  return JSON.parse(unsealText(row.sealed, row.dataKey, placeOf('request', { ...row, tenantId })));
};

/** Which request a sealed value belongs to. */
interface RequestName {
  tenantId: string;
  customerId: string;
  requestId: string;
}

const placeOf = (kind: 'request' | 'result', { tenantId, customerId, requestId }: RequestName) => ({
  kind,
  tenantId,
  customerId,
  version: 0,
  name: requestId,
});

/** Who made an accepted call, for whoever asks how it went: a key by its name, or the customer that keys are bound to. */
export type Requester = 'principal' | 'customer';

/**
 * Whether a caller may ask how an accepted call went: the principal that made it, bound to the same customer; where
 * the customer is the requester, every key that is bound to it. Of a call that can no longer be opened the principal
 * alone is known; it is still told that the call ended.
 */
export const mayAskFor = (
  row: StoredRequest,
  tenantId: string,
  { name, customerId }: Principal,
  requester: Requester,
): boolean => {
  const isSame = row.principal === name;
  if (!isSame && (requester === 'principal' || customerId === null)) return false;
  const caller = callerOf(row, tenantId);
  return caller === undefined ? isSame : caller.customerId === customerId;
};

/** Whether a caller sees as much of personal data as the one whose reply was kept; no where that is not known. */
export const seesReply = (row: StoredRequest, tenantId: string, { scopes }: Principal): boolean =>
  callerOf(row, tenantId)?.scopes.every(
    (scope) => scopes.has(scope) || !['personal:read', 'privacy:manage'].includes(scope),
  ) ?? false;

const callerOf = (row: StoredRequest, tenantId: string): AcceptedCall['principal'] | undefined => {
  try {
    return unsealCall(row, tenantId).principal;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'erased') throw error;
    return undefined;
  }
};

/** The principal that made an accepted call, with the rights it had. */
export const principalOf = (call: AcceptedCall): Principal => ({
  ...call.principal,
  scopes: new Set(call.principal.scopes),
});

/** The reply to an ended request, and why it failed if it did: `internal-error` alone is the service's own fault. */
export interface KeptReply extends TextReply {
  code?: ErrorCode;
}

/** How an accepted request ends with its command: in the same transaction. */
export const endOf = (
  command: Command,
  requestId: string,
  outcome: Outcome,
  reply: Reply,
  key: DataKey | undefined,
): RequestEnd => {
  const text = asText(reply);
  const kept: KeptReply = outcome.kind === 'refused' ? { ...text, code: outcome.refusal.code } : text;
  return {
    requestId,
    status: outcome.kind === 'refused' ? 'failed' : 'succeeded',
    result: sealResult(kept, key, command.context.tenant, { customerId: command.customerId, requestId }),
  };
};

/** The reply that an ended request kept. */
export const resultOf = (row: StoredRequest, tenant: Tenant): KeptReply | null =>
  row.result &&
  JSON.parse(
    unsealBeside(row.result, row.dataKey, tenant, placeOf('result', { ...row, tenantId: tenant.id })),
  );

const sealResult = (
  reply: KeptReply,
  key: DataKey | undefined,
  tenant: Tenant,
  named: Omit<RequestName, 'tenantId'>,
): Buffer =>
  sealBeside(JSON.stringify(reply), key, tenant, placeOf('result', { ...named, tenantId: tenant.id }));

/** Ends a request as failed that no command could judge. */
export const endUnjudged = (
  store: Store,
  tenant: Tenant,
  row: StoredRequest,
  reply: KeptReply,
): Promise<void> =>
  store.transact(tenant, async (tx) => {
    const { now } = await tx.load(noNeeds());
    const ended = {
      requestId: row.requestId,
      status: 'failed' as const,
      result: sealResult(reply, keyIn(row.dataKey), tenant, row),
    };
    await tx.save({ ...noWrites(now), endedRequests: [ended] });
  });
