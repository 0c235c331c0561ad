import type { Customer } from '../customer/customer.ts';
import type { Links } from '../customer/links.ts';
import { customerShape } from '../customer/record.ts';
import { systemMembers } from '../customer/system-members.ts';
import type { View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { type Masks, withoutMasks } from '../mapping/sent-masks.ts';
import { maskText } from '../privacy/mask.ts';
import { declaredMembers } from '../privacy/personal-members.ts';
import { joined } from '../schema/joined.ts';
import type { JsonObject } from '../schema/json.ts';

/** The record through a contract's mapping, with what the service itself says of it. What it wrote must not be changed. */
export const mappedView = (mapping: Mapping): View => {
  const masks = masksOf(mapping);
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
    read(document, stored, links, shown) {
      const said = withoutMasks(document, shown, masks);
      if (!stored) return mapping.read(said, undefined, links);
      const record = last?.customer === stored ? last.record : recordOf(stored);
      return mapping.read(said, record, links, shown);
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

/** A mask may stand for every member that says a personal or secret one, and for what such members stand in. */
const masksOf = (mapping: Mapping): Masks => {
  const places = new Set<string>();
  for (const { wire, canonical } of mapping.places()) {
    if (!protectedNames.some((name) => `${canonical}.`.startsWith(`${name}.`))) continue;
    const names = wire.split('.');
    for (const [index] of names.entries()) places.add(names.slice(0, index + 1).join('.'));
  }
  return { text: maskText, places, keyOf: mapping.keyOf };
};

const protectedNames = declaredMembers(customerShape).map(([name]) => name);
