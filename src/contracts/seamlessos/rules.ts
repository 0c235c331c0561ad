import type { Fault } from '../../errors.ts';
import { isNothing, parsePath, valueAt } from '../../mapping/path.ts';
import { deepEqual, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { CheckDocument } from '../checked-view.ts';

/**
 * SeamlessOS's rules between members. One is judged only when a member of it changed, so that a customer whom another
 * contract left otherwise can still be changed elsewhere.
 */
export const checkCustomer: CheckDocument = ({ after, before }) => {
  const now = at(after);
  const was = at(before ?? {});
  const isLost = (needed: string, ...others: string[]) =>
    isEmpty(now(needed)) &&
    (!before || [needed, ...others].some((path) => !deepEqual(now(path) ?? null, was(path) ?? null)));
  return [
    ...always.filter((needed) => isLost(needed)).map((needed) => required(needed, 'is required')),
    ...conditions
      .filter(({ needed, when, is }) => now(when) === is && isLost(needed, when))
      .map(({ needed, when, is }) => required(needed, `is required when ${when} is ${is}`)),
  ];
};

const always = ['customerType', 'name'];

const conditions = [
  { needed: 'billing.email', when: 'billing.method', is: 'EMAIL_INVOICE' },
  { needed: 'billing.address', when: 'billing.method', is: 'PAPER_INVOICE' },
  { needed: 'billing.defaultPaymentProfileId', when: 'billing.autoPay', is: true },
];

const required = (path: string, detail: string): Fault => ({
  pointer: `/${path.replaceAll('.', '/')}`,
  rule: 'required',
  detail,
});

const at =
  (document: JsonObject) =>
  (path: string): Json | undefined =>
    valueAt(document, parsePath(path));

const isEmpty = (value: Json | undefined): boolean =>
  isNothing(value) || value === '' || (isObject(value) && Object.values(value).every(isEmpty));
