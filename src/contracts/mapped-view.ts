import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import { systemMembers } from '../customer/system-members.ts';
import type { View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { joined } from '../schema/joined.ts';
import type { JsonObject } from '../schema/json.ts';

/** The record through a contract's mapping, with what the service itself says of it. What it wrote must not be changed. */
export const mappedView = (mapping: Mapping): View => {
  // A change writes the customer, patches that and reads it back, for which it is compared with the same again.
  const written = new WeakMap<Customer, { links: Links; record: JsonObject; document: JsonObject }>();
  const both = (customer: Customer, links: Links) => {
    const known = written.get(customer);
    if (known?.links === links) return known;
    const record = recordOf(customer);
    const made = { links, record, document: mapping.write(record, links) };
    written.set(customer, made);
    return made;
  };
  return {
    write: (customer, links) => both(customer, links).document,
    read(document, current, links) {
      if (!current) return mapping.read(document, undefined, links);
      const before = both(current, links);
      return mapping.read(document, before.record, links, before.document);
    },
  };
};

const recordOf = (customer: Customer): JsonObject =>
  joined(customer.data as JsonObject, systemMembers(customer));
