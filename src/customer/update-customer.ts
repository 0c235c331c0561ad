import { Refusal } from '../errors.ts';
import { diff } from '../schema/diff.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { blindAmong } from './blind-changes.ts';
import { withItemIds } from './check-record.ts';
import type { Context } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { Links } from './links.ts';
import type { Next, WriteOperation } from './operation.ts';
import { asSeen, type View, withUnseen } from './view.ts';
import type { World } from './world.ts';

/** A change in the caller's own language: the record that it makes of the customer. */
export interface Update {
  /**
   * Whether the change names all that it changes. Such a one is made of the stored customer, so that it changes as much
   * for a caller who does not see all of it. Any other is made of what the caller sees.
   */
  partial?: boolean;
  /** `base` is what the change is made of, `stored` the whole customer. */
  write(base: Customer, stored: Customer, links: Links): JsonObject;
  /** What the caller says for itself: the same change of what it sees, laid over nothing that it does not see. */
  said(seen: Customer, links: Links): JsonObject;
}

/**
 * A change of the document that a contract shows: the record is written in the contract's shape, changed there, and
 * read back, so that patch paths are never translated.
 */
export const throughView = (
  view: View,
  apply: (document: JsonObject) => Json,
  { partial = false } = {},
): Update => {
  const through = (by: View, base: Customer, stored: Customer, links: Links): JsonObject => {
    const shown = by.write(base, links);
    const document = apply(shown);
    if (isObject(document)) return by.read(document, stored, links, shown);
    const faults = [{ pointer: '', rule: 'type', detail: 'must be object' }];
    throw new Refusal('validation-failed', { faults });
  };
  return {
    partial,
    write: (base, stored, links) => through(view, base, stored, links),
    said: (seen, links) => through(view.unjudged ?? view, seen, seen, links),
  };
};

const decide = (current: Customer | undefined, update: Update, context: Context, world: World): Next => {
  const customer = current as Customer;
  const links = world.links(context.principal.customerId);
  const seen = asSeen(customer, context);
  if (seen === customer) {
    const written = update.write(customer, customer, links);
    return { data: withProtection(written, customer) as unknown as CustomerData };
  }
  const { first, again } = sameIds(context.newId);
  const base = update.partial ? customer : seen;
  // With their ids new items are the same in the record and in what was written of it.
  const document = withItemIds(update.write(base, customer, links), first);
  const data = withProtection(withUnseen(document, customer, context, update), customer);
  const said = withItemIds(update.said(seen, links), again);
  const blind = blindAmong(context, customer, diff(seen.data as JsonObject, said));
  return { data: data as unknown as CustomerData, blind };
};

/** Makes ids, and the same ones again. */
const sameIds = (newId: () => string): { first(): string; again(): string } => {
  const made: string[] = [];
  let next = 0;
  return {
    first() {
      const id = newId();
      made.push(id);
      return id;
    },
    again: () => made[next++] ?? newId(),
  };
};

/** What protects a record is not lost by being left out or taken away: it is lowered in words only. */
const withProtection = (data: JsonObject, { data: { protectionLevel } }: Customer): JsonObject =>
  'protectionLevel' in data ? data : { ...data, protectionLevel };

/** Changes a part of a customer. */
export const updateCustomer: WriteOperation<Update> = {
  name: 'customer.update',
  event: 'customer.updated',
  scopes: ['customer:write'],
  decide,
};

/** Replaces all of a customer that the contract can say. */
export const replaceCustomer: WriteOperation<Update> = {
  name: 'customer.replace',
  event: 'customer.updated',
  scopes: ['customer:write'],
  decide,
};
