import type { View } from '../customer/view.ts';
import { type Fault, Refusal } from '../errors.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import type { JsonObject } from '../schema/json.ts';

/** A change as the rules between members see it, whatever the caller sees. */
export interface CheckedChange {
  /** The document of all that will be stored, without what the service itself says. */
  after: JsonObject;
  /** The document of all that is stored; undefined for a new customer. */
  before: JsonObject | undefined;
  /** The whole document that the caller's one led to. */
  sent: JsonObject;
}

/** Rules between members. */
export type CheckDocument = (change: CheckedChange) => Fault[];

/** The view with a contract's own rules, judged once every member for itself is right. It throws Refusal `validation-failed`. */
export const checkedView = (mapping: Mapping, view: View, check: CheckDocument | undefined): View =>
  check === undefined
    ? view
    : {
        unjudged: view,
        write: view.write,
        read(document, stored, links, shown) {
          const data = view.read(document, stored, links, shown);
          const before = stored && view.write(stored, links);
          const faults = check({ after: mapping.write(data, links), before, sent: document });
          if (faults.length === 0) return data;
          throw new Refusal('validation-failed', {
            faults: faults.map((fault) => ({ ...fault, wire: true as const })),
          });
        },
      };
