import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import { systemMembers } from '../customer/system-members.ts';
import type { View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { joined } from '../schema/joined.ts';
import type { JsonObject } from '../schema/json.ts';

/** The record through a contract's mapping, with what the service itself says of it. What it wrote must not be changed. */
export const mappedView = (mapping: Mapping): View => {
  // A change writes the customer, patches that and reads it back at once, for which it is compared with the same again.
  // A weak map would keep all of them through a collection; this keeps none beyond the turn of the event loop.
  let last: Written | undefined;
  const forget = () => {
    last = undefined;
  };
  const both = (customer: Customer, links: Links): Written => {
    if (last?.customer === customer && last.links === links) return last;
    if (!last) queueMicrotask(forget);
    const record = recordOf(customer);
    last = { customer, links, record, document: mapping.write(record, links) };
    return last;
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

interface Written {
  customer: Customer;
  links: Links;
  record: JsonObject;
  document: JsonObject;
}

const recordOf = (customer: Customer): JsonObject =>
  joined(customer.data as JsonObject, systemMembers(customer));
