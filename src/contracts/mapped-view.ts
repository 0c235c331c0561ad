import type { Customer } from '../customer/customer.ts';
import type { View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import type { JsonObject } from '../schema/json.ts';
import { systemMembers } from './native/view.ts';

/** The record through a contract's mapping, with what the service itself says of it. */
export const mappedView = (mapping: Mapping): View => ({
  write: (customer, links) => mapping.write(recordOf(customer), links),
  read: (document, current, links) => mapping.read(document, current && recordOf(current), links),
});

const recordOf = (customer: Customer): JsonObject => ({
  ...(customer.data as JsonObject),
  ...systemMembers(customer),
});
