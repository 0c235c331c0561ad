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

/** A change in the caller's own language: the record that it makes of the customer as the caller sees it. */
export interface Update {
  write(seen: Customer, links: Links): JsonObject;
}

/**
 * A change of the document that a contract shows: the record is written in the contract's shape, changed there, and
 * read back, so that patch paths are never translated.
 */
export const throughView = (view: View, apply: (document: JsonObject) => Json): Update => ({
  write(seen, links) {
    const document = apply(view.write(seen, links));
    if (isObject(document)) return view.read(document, seen, links);
    const faults = [{ pointer: '', rule: 'type', detail: 'must be object' }];
    throw new Refusal('validation-failed', { faults });
  },
});

const decide = (current: Customer | undefined, update: Update, context: Context, world: World): Next => {
  const customer = current as Customer;
  const links = world.links(context.principal.customerId);
  const seen = asSeen(customer, context);
  const written = update.write(seen, links);
  const isAllSeen = seen === customer;
  // With their ids new items are the same in the record and in what was written of it.
  const document = isAllSeen ? written : withItemIds(written, context.newId);
  const data = withProtection(withUnseen(document, customer, context), customer) as unknown as CustomerData;
  if (isAllSeen) return { data };
  return { data, blind: blindAmong(context, customer, diff(seen.data as JsonObject, document)) };
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
