import Type, { type TSchema } from 'typebox';
import type { Context } from '../customer/context.ts';
import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import type { EventType } from '../customer/operation.ts';
import type { JsonObject } from '../schema/json.ts';

/** What a contract tells subscribers by itself, when a customer changes. */
export interface ContractWebhooks {
  events: readonly EventType[];
  /** What `data` of a message is: the contract's own document of a customer. */
  data: TSchema;
  /** The body of a message. It may throw; then the message is tried again later. */
  render(event: WebhookEvent): JsonObject;
}

/** Every event that subscribers of a contract can be told: its own ones, and of all contracts that a customer was erased. */
export const toldEvents = ({ events }: Pick<ContractWebhooks, 'events'>): EventType[] => [
  ...new Set<EventType>([...events, 'customer.erased']),
];

/** The schema of the messages of an event, for the OpenAPI document. */
export const messageSchema = (type: EventType, { data }: Pick<ContractWebhooks, 'data'>): TSchema =>
  Type.Object(
    {
      eventId: Type.String({ format: 'uuid', description: 'The same whenever the event is sent again.' }),
      type: Type.Literal(type),
      occurredAt: Type.String({ format: 'date-time' }),
      data: type === 'customer.erased' ? erasedData : data,
    },
    { additionalProperties: false },
  );

const erasedData = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    number: Type.Integer(),
    erasedAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false, title: 'Erased customer' },
);

/**
 * The message that a customer was erased (GDPR Art. 19): the same from every contract, since every recipient has to be told,
 * and of the customer nothing but what its tombstone still is.
 */
export const erasedBody = (
  { eventId, occurredAt }: Pick<WebhookEvent, 'eventId' | 'occurredAt'>,
  customer: { id: string; number: number },
): JsonObject => ({
  eventId,
  type: 'customer.erased' satisfies EventType,
  occurredAt: occurredAt.toISOString(),
  data: { ...customer, erasedAt: occurredAt.toISOString() },
});

/** A change that a subscriber is told. */
interface WebhookEvent {
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
