import type { Context } from '../../customer/context.ts';
import type { Customer } from '../../customer/customer.ts';
import { asSeen } from '../../customer/view.ts';
import { noLinks } from '../../mapping/links.ts';
import type { JsonObject } from '../../schema/json.ts';
import { mappedView } from '../mapped-view.ts';
import { mapping } from './mapping.ts';

/** A customer as SeamlessOS shows it to a caller, in answers, lists and webhooks alike; it names no other customer. */
export const showCustomer = (customer: Customer, context: Context): JsonObject =>
  view.write(asSeen(customer, context), noLinks);

/** The same of a customer whose hidden members were masked already. */
export const showSeen = (seen: Customer): JsonObject => view.write(seen, noLinks);

const view = mappedView(mapping);
