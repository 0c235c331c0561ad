import type { Context } from '../customer/context.ts';
import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import type { EventType } from '../customer/operation.ts';
import type { JsonObject } from '../schema/json.ts';

/** What a contract tells subscribers by itself, when a customer changes. */
export interface ContractWebhooks {
  events: readonly EventType[];
  /** The body of a message. It may throw; then the message is tried again later. */
  render(event: WebhookEvent): JsonObject;
}

/** A change that a subscriber is told. */
export interface WebhookEvent {
  /** The same whenever the event is told again. */
  eventId: string;
  type: EventType;
  occurredAt: Date;
  /** The customer as the change left it, or as it was before it was deleted; nothing is masked yet. */
  customer: Customer;
  /** Who is told, and what it may see. */
  context: Context;
  links: Links;
}

/** A body as most have it: what happened, and the contract's own document of the customer. */
export const eventBody = ({ eventId, type, occurredAt }: WebhookEvent, data: JsonObject): JsonObject => ({
  eventId,
  type,
  occurredAt: occurredAt.toISOString(),
  data,
});
