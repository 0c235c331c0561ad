import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';
import type { Customer, CustomerData } from './customer.ts';
import type { Next, WriteOperation } from './operation.ts';
import { asSeen, type View, withUnseen } from './view.ts';

/** A change in the caller's own language: what it makes of the document that the caller sees. */
export interface Update {
  view: View;
  apply(document: JsonObject): Json;
}

const decide = (current: Customer | undefined, { view, apply }: Update, context: Context): Next => {
  const customer = current as Customer;
  const document = apply(view.write(asSeen(customer, context)));
  if (!isObject(document)) {
    const faults = [{ pointer: '', rule: 'type', detail: 'must be object' }];
    throw new Refusal('validation-failed', { faults });
  }
  const written = view.read(document, customer);
  return { data: withUnseen(written, customer, context) as unknown as CustomerData };
};

/**
 * Changes a part of a customer. The record is written in the contract's shape, changed there, and read back, so
 * that patch paths are never translated.
 */
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
