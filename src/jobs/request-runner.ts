import { setTimeout as delay } from 'node:timers/promises';
import type { Principal, Tenant } from '../access/principal.ts';
import { noSessions } from '../access/sessions.ts';
import { askedIn } from '../contracts/command.ts';
import type { Asked, Call, Contract } from '../contracts/contract.ts';
import { noDisclosures } from '../customer/disclosures.ts';
import type { Door } from '../customer/execute.ts';
import type { TextReply } from '../customer/operation.ts';
import { type AcceptedCall, endUnjudged, principalOf, unsealCall } from '../customer/request.ts';
import type { StoredRequest } from '../customer/stored-rows.ts';
import { OperatorError, Refusal } from '../errors.ts';
import { errorName } from './error-name.ts';
import { restMs } from './rest.ts';
import { createSweeper } from './sweeper.ts';

/** Carries out the changes that were accepted to be made later. */
export interface RequestRunner {
  /** Looks at every tenant, now and from time to time: after a crash, or when another process left requests behind. */
  start(): void;
  /** Looks at one tenant now. */
  wake(tenantId: string): void;
  /** Takes nothing new, and finishes what is under way. */
  stop(): Promise<void>;
}

/** What requests are carried out with: each is made again through its contract and the door. */
interface RunnerOptions {
  /** The time between two looks. */
  everyMs: number;
  contracts: readonly Contract[];
  door: Door;
  newId(): string;
  log: { error(about: object, message: string): void };
  tenants(): Promise<string[]>;
  tenant(id: string): Promise<Tenant | undefined>;
}

/**
 * Makes the runner. A request ends in the transaction of its change, so it is applied exactly once whoever carries
 * it out and whenever a process dies; several processes may look at the same requests.
 */
export const createRequestRunner = (options: RunnerOptions): RequestRunner => {
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const wake = (tenantId: string): void => {
    if (signal.aborted) return;
    if (running.has(tenantId)) return void again.add(tenantId);
    const work = drain(options, tenantId, signal)
      .catch((error: unknown) =>
        options.log.error({ tenant: tenantId, error: errorName(error) }, 'requests could not be carried out'),
      )
      .finally(() => {
        running.delete(tenantId);
        if (again.delete(tenantId)) wake(tenantId);
      });
    running.set(tenantId, work);
  };
  const sweep = async (): Promise<void> => {
    for (const id of await options.tenants()) wake(id);
  };
  const sweeper = createSweeper(sweep, options.everyMs);
  return {
    start: () => sweeper.start(),
    wake,
    async stop() {
      stopping.abort();
      await sweeper.stop();
      await Promise.all(running.values());
    },
  };
};

const requestsAtOnce = 128;

/** Works until no request waits; those of one customer in their order, those of different customers side by side. */
const drain = async (options: RunnerOptions, tenantId: string, stopped: AbortSignal): Promise<void> => {
  let tenant: Tenant | undefined;
  while (!stopped.aborted) {
    tenant ??= await options.tenant(tenantId);
    if (!tenant) return;
    const rows = await options.door.store.openRequests(tenant, requestsAtOnce);
    const [oldest] = rows;
    if (!oldest) return;
    const begun = performance.now();
    const customers = new Map<string, StoredRequest[]>();
    for (const row of rows) customers.set(row.customerId, [...(customers.get(row.customerId) ?? []), row]);
    const work = [...customers.values()].map((some) => carryOutInOrder(options, tenant as Tenant, some));
    // What can't be done now must not keep the others from being finished before it is tried again.
    const failed = (await Promise.allSettled(work)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const tookMs = performance.now() - begun;
    const waitedMs = Date.now() - oldest.createdAt.getTime();
    const forMs = restMs({ tookMs, waitedMs, callersWaiting: options.door.waiting() });
    if (forMs > 0) await delay(forMs, undefined, { signal: stopped }).catch(() => {});
  }
};

const carryOutInOrder = async (
  options: RunnerOptions,
  tenant: Tenant,
  rows: StoredRequest[],
): Promise<void> => {
  for (const row of rows) await carryOut(options, tenant, row);
};

/**
 * Makes the call again as if it came now. A request that can't be judged ends as failed and blocks nobody. One that meets
 * what an operator has to mend, be it that the tenant's keys can't be opened for a moment, waits: it was promised.
 */
const carryOut = async (options: RunnerOptions, tenant: Tenant, row: StoredRequest): Promise<void> => {
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
