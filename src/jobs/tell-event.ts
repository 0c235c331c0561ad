import type { Tenant } from '../access/principal.ts';
import type { Contract } from '../contracts/contract.ts';
import { erasedBody } from '../contracts/webhooks.ts';
import type { Context } from '../customer/context.ts';
import type { Customer } from '../customer/customer.ts';
import { noDisclosures, saidMembers } from '../customer/disclosures.ts';
import type { Door } from '../customer/execute.ts';
import { noteShown } from '../customer/note-disclosure.ts';
import type { EventType } from '../customer/operation.ts';
import { Refusal } from '../errors.ts';
import type { AddressPolicy } from '../webhooks/address.ts';
import { sendMessage } from '../webhooks/send.ts';
import { signedHeaders, webhookSecret } from '../webhooks/signature.ts';
import type { Delivery, Failure, Webhook, WebhookStore } from '../webhooks/webhook.ts';
import { errorName } from './error-name.ts';

/** What telling works with. */
export interface TellOptions {
  contracts: readonly Contract[];
  door: Door;
  store: WebhookStore;
  policy: AddressPolicy;
  timeoutMs: number;
  /** Says who calls, in `User-Agent`. */
  userAgent: string;
  newId(): string;
  now(): Date;
  /** A number from 0 to 1. */
  random(): number;
  log: {
    warn(about: object, message: string): void;
    error(about: object, message: string): void;
  };
  /** Told of every attempt. */
  onAttempt(contract: string, outcome: 'delivered' | 'failed' | 'given-up'): void;
}

/**
 * Tells one event that was claimed: the contract's document of the customer as this change left it, protected as it is
 * now, signed with the webhook's secret. Then it ends the delivery or puts it off. Throws where the database is away;
 * then the lease runs out, and the event is told again.
 */
export const tellEvent = async (
  options: TellOptions,
  tenant: Tenant,
  webhook: Webhook,
  delivery: Delivery,
  claimed: AbortSignal,
): Promise<void> => {
  const { store } = options;
  const body = await bodyOf(options, tenant, webhook, delivery);
  if (body === 'erased') return store.dropped(tenant.id, webhook.webhookId, delivery);
  // Whoever was held up for so long may not be alone any more.
  if (claimed.aborted) return;
  const failure = typeof body === 'string' ? await send(options, tenant, webhook, delivery, body) : body;
  if (!failure) {
    options.onAttempt(webhook.contract, 'delivered');
    return store.delivered(tenant.id, webhook.webhookId, delivery);
  }
  const after = await store.failed(tenant.id, webhook.webhookId, delivery, failure, options.random());
  options.onAttempt(webhook.contract, after === 'given-up' ? 'given-up' : 'failed');
  const about = { webhookId: webhook.webhookId, eventId: delivery.eventId, reason: failure.reason };
  if (after === 'given-up') options.log.warn(about, failure.ours ? givenUpUnsent : givenUpUntaken);
  if (after === 'ended') options.log.warn(about, 'a webhook has ended');
};

const givenUpUntaken = 'a webhook did not take an event in time';
const givenUpUnsent = 'an event that could not be written was given up';

const send = (
  { policy, timeoutMs, userAgent, now }: TellOptions,
  tenant: Tenant,
  { webhookId, url }: Webhook,
  { eventId }: Delivery,
  body: string,
): Promise<Failure | undefined> => {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    ...signedHeaders(webhookSecret(tenant.secret, webhookId), eventId, now(), body),
  };
  return sendMessage({ url, headers, body, timeoutMs, policy });
};

/** The message, or why there is none: the record was erased since, or could not be written. */
const bodyOf = async (
  { contracts, door, newId, log }: TellOptions,
  tenant: Tenant,
  webhook: Webhook,
  delivery: Delivery,
): Promise<string | 'erased' | Failure> => {
  const contract = contracts.find((one) => one.id === webhook.contract);
  const context: Context = {
    tenant,
    principal: {
      name: `webhook:${webhook.webhookId}`,
      scopes: new Set(webhook.scopes),
      customerId: null,
    },
    contract: webhook.contract,
    operation: delivery.type,
    requestId: delivery.eventId,
    reason: null,
    newId,
    disclosed: noDisclosures(saidMembers(contract?.mapping?.covers)),
  };
  const { eventId, occurredAt } = delivery;
  const type = delivery.type as EventType;
  try {
    const webhooks = contract?.webhooks;
    if (!webhooks) throw new Error('The contract has no webhooks');
    if (type === 'customer.erased') return await erasedText(door, tenant, delivery);
    const customer = await customerOf(door, context, delivery);
    const links = await door.reader.links(context, [customer]);
    const body = JSON.stringify(webhooks.render({ eventId, type, occurredAt, customer, context, links }));
    noteShown(context, customer);
    await door.keepAccesses(context);
    return body;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unavailable') throw error;
    if (error instanceof Refusal && ['not-found', 'erased'].includes(error.code)) return 'erased';
    const about = { webhookId: webhook.webhookId, eventId, error: errorName(error) };
    log.error(about, 'an event could not be written');
    return { reason: 'could not be written', retryAfterSeconds: 0, gone: false, ours: true };
  }
};

/** The message of an erasure, which needs no record. */
const erasedText = async (
  { store }: Door,
  tenant: Tenant,
  { customerId, ...event }: Delivery,
): Promise<string> => {
  const [row] = await store.readNumbers(tenant, [customerId], []);
  if (!row) throw new Refusal('not-found');
  return JSON.stringify(erasedBody(event, { id: customerId, number: row.number }));
};

/** The customer as the change left it; what a deletion leaves is the record before it. */
const customerOf = async (
  door: Door,
  context: Context,
  { type, customerId, version }: Delivery,
): Promise<Customer> => {
  if (type !== 'customer.deleted') return door.reader.customerAt(context, customerId, { version });
  const before = await door.reader.customerAt(context, customerId, { version: version - 1 });
  return { ...before, version };
};
