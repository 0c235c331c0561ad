import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import type { View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import type { JsonObject } from '../schema/json.ts';
import { systemMembers } from './native/view.ts';

/** The record through a contract's mapping, with what the service itself says of it. What it wrote must not be changed. */
export const mappedView = (mapping: Mapping): View => {
  // A change writes the customer, patches that and reads it back, for which it is compared with the same again.
  const written = new WeakMap<Customer, { links: Links; document: JsonObject }>();
  const write = (customer: Customer, links: Links): JsonObject => {
    const known = written.get(customer);
    if (known?.links === links) return known.document;
    const document = mapping.write(recordOf(customer), links);
    written.set(customer, { links, document });
    return document;
  };
  return {
    write,
    read: (document, current, links) =>
      current
        ? mapping.read(document, recordOf(current), links, write(current, links))
        : mapping.read(document, undefined, links),
  };
};

const recordOf = (customer: Customer): JsonObject => ({
  ...(customer.data as JsonObject),
  ...systemMembers(customer),
});
