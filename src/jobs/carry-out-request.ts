import type { Principal, Tenant } from '../access/principal.ts';
import { noSessions } from '../access/sessions.ts';
import { askedIn } from '../contracts/command.ts';
import type { Asked, Call, Contract } from '../contracts/contract.ts';
import type { AcceptedCall } from '../customer/accepted-call.ts';
import { noDisclosures } from '../customer/disclosures.ts';
import type { Door } from '../customer/execute.ts';
import type { TextReply } from '../customer/operation.ts';
import { endUnjudged, principalOf, unsealCall } from '../customer/request.ts';
import type { StoredRequest } from '../customer/stored-rows.ts';
import { OperatorError, Refusal } from '../errors.ts';
import { errorName } from './error-name.ts';

/** What requests are carried out with: each is made again through its contract and the door. */
export interface CarryingOut {
  contracts: readonly Contract[];
  door: Door;
  newId(): string;
  log: { error(about: object, message: string): void };
}

/**
 * Makes the call again as if it came now. A request that can't be judged ends as failed and blocks nobody. One that meets
 * what an operator has to mend, be it that the tenant's keys can't be opened for a moment, waits: it was promised. That
 * is thrown, an OperatorError or Refusal `unavailable`.
 */
export const carryOutRequest = async (
  options: CarryingOut,
  tenant: Tenant,
  row: StoredRequest,
): Promise<void> => {
  const contract = options.contracts.find((one) => one.id === row.contract);
  let asked: Asked = { requestId: row.requestId, method: '', path: '', header: () => undefined };
  try {
    const accepted = unsealCall(row, tenant.id);
    const route = contract?.routes.find((one) => one.id === accepted.route);
    if (!route) throw new Refusal('internal-error', { detail: 'The operation is no longer there' });
    const call = callAgain(route, tenant, row, accepted, options.newId);
    asked = { ...askedIn(call), requestId: row.requestId };
    await route.handle(call, options.door);
  } catch (error) {
    if (error instanceof OperatorError || (error instanceof Refusal && error.code === 'unavailable'))
      throw error;
    options.log.error({ requestId: row.requestId, error: errorName(error) }, 'an accepted change failed');
    const refusal = error instanceof Refusal ? error : new Refusal('internal-error');
    const shape = contract ?? (options.contracts[0] as Contract);
    const reply = inShape(shape, refusal, asked);
    await endUnjudged(options.door.store, tenant, row, { ...reply, code: refusal.code });
  }
};

/** Whatever is wrong with the contract itself, the request ends. */
const inShape = (contract: Contract, refusal: Refusal, asked: Asked): TextReply => {
  try {
    return contract.renderRefusal(refusal, asked);
  } catch {
    return { status: refusal.status, headers: {}, body: '{}' };
  }
};

const callAgain = (
  route: Contract['routes'][number],
  tenant: Tenant,
  row: StoredRequest,
  accepted: AcceptedCall,
  newId: () => string,
): Call => {
  const principal: Principal = principalOf(accepted);
  return {
    route,
    context: {
      tenant,
      principal,
      contract: row.contract,
      operation: route.id,
      requestId: accepted.requestId,
      reason: accepted.reason,
      newId,
      // What is shown is shown to nobody: the reply is kept.
      disclosed: noDisclosures(null),
    },
    url: accepted.url ?? '',
    params: accepted.params,
    query: accepted.query,
    contentType: accepted.contentType,
    body: accepted.hasBody ? accepted.body : undefined,
    rawBody: Buffer.alloc(0),
    header: (name) => accepted.headers[name],
    headerValues: (name) => (accepted.headers[name] === undefined ? [] : [accepted.headers[name]]),
    sessions: noSessions,
    finishes: { requestId: row.requestId, customerId: row.customerId },
  };
};
