import type { Scope } from '../access/scopes.ts';

/** A subscription: who is told of which events, in which contract's words, and how much of personal data it may see. */
export interface Webhook {
  webhookId: string;
  contract: string;
  url: string;
  events: string[];
  scopes: Scope[];
}

/** A subscription as its operator sees it. */
export interface WebhookStatus extends Webhook {
  createdAt: Date;
  /** Events that it was not told yet. */
  waiting: number;
  /** Events that it was never told, since it did not take them in time, or they could not be written. */
  givenUp: number;
  /** Since when it took nothing; null while all is well. */
  failingSince: Date | null;
  /** Why the last attempt failed that did: a status or the name of an error. */
  lastFailure: string | null;
  /** Set when it is told nothing any more: it asked for that, or took nothing for too long. */
  endedAt: Date | null;
}

/** An event that a webhook is to be told. `attempts` counts the claims, and names the newest. */
export interface Delivery {
  eventId: string;
  customerId: string;
  version: number;
  type: string;
  occurredAt: Date;
  attempts: number;
}

/** Why an event was not taken. */
export interface Failure {
  reason: string;
  /** The subscriber asked to be left alone for so long. */
  retryAfterSeconds: number;
  /** The subscriber wants no more events at all. */
  gone: boolean;
  /** Nothing was sent: the fault is our own, and says nothing about the subscriber. */
  ours?: true;
}

/** What a failure led to: another attempt later, the loss of the event, or the end of the webhook. */
export type AfterFailure = 'retried' | 'given-up' | 'ended';

/** What telling needs of a database. Every call is of one tenant and is one transaction. */
export interface WebhookStore {
  /** The webhooks that are told something. */
  live(tenantId: string): Promise<Webhook[]>;
  /** Hands events of the outbox to the webhooks that want them; true when there may be more. */
  fanOut(tenantId: string): Promise<boolean>;
  /**
   * Takes on events that are due, of each customer the oldest alone; nobody else tells them for so long. A webhook that
   * fails is tried with one at a time. `most` is how many are told at a time, with the `underWay` (0 by default) that this
   * caller tells already.
   */
  claim(
    tenantId: string,
    webhookId: string,
    most: number,
    leaseMs: number,
    underWay?: number,
  ): Promise<Delivery[]>;
  /** Ends a delivery; nothing when its lease was over and another took it on. */
  delivered(tenantId: string, webhookId: string, delivery: Delivery): Promise<void>;
  /** Forgets an event whose record is not there any more. */
  dropped(tenantId: string, webhookId: string, delivery: Delivery): Promise<void>;
  /**
   * Puts a delivery off, for twice as long as the last time; `jitter` (0 to 1) spreads the attempts of many. A fault of our
   * own never ends the webhook.
   */
  failed(
    tenantId: string,
    webhookId: string,
    delivery: Delivery,
    failure: Failure,
    jitter: number,
  ): Promise<AfterFailure>;
  /** Events that wait in a tenant. */
  waiting(tenantId: string): Promise<number>;
}
