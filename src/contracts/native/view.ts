import type { Customer } from '../../customer/customer.ts';
import type { Links } from '../../customer/links.ts';
import { customerShape } from '../../customer/record.ts';
import { systemMembers, systemNames } from '../../customer/system-members.ts';
import type { View } from '../../customer/view.ts';
import { type Fault, Refusal } from '../../errors.ts';
import { type Masks, withoutMasks } from '../../mapping/sent-masks.ts';
import { maskText } from '../../privacy/mask.ts';
import { declaredMembers } from '../../privacy/personal-members.ts';
import { canonicalIds } from '../../schema/canonical-ids.ts';
import { joined } from '../../schema/joined.ts';
import { deepEqual, isObject, type Json, type JsonObject, withoutMembers } from '../../schema/json.ts';
import type { PatchOperation } from '../../schema/json-patch-document.ts';
import { writableSchema } from './schemas.ts';

/** The record as it is, with what the service itself says before it. */
export const nativeView = {
  write: (customer: Customer): JsonObject => joined(systemMembers(customer), customer.data as JsonObject),
  read: (document: JsonObject, stored: Customer | undefined, _links: Links, shown: JsonObject) =>
    withoutMasks(withoutSystem(document, stored), shown, masks),
} satisfies View;

/** What a mask of our own document may stand for. */
export const masks: Masks = {
  text: maskText,
  places: new Set(declaredMembers(customerShape).map(([name]) => name)),
  keyOf: () => ['id'],
};

/**
 * A document or a merge patch, its ids as they are stored, without members of the service; throws Refusal when one says
 * something else.
 */
export const withoutSystem = (sent: JsonObject, current: Customer | undefined): JsonObject => {
  const document = withCanonicalIds(sent) as JsonObject;
  const named = Object.keys(document).filter((name) => names.has(name));
  if (named.length === 0) return document;
  const system = current ? systemMembers(current) : {};
  refuseReadOnly(named.filter((name) => !deepEqual(document[name], system[name])));
  return withoutMembers(document, names);
};

/**
 * Refuses a patched document that lacks a member of the service which an operation took away: it names the member, as
 * null does in a merge patch. A document that is put in the place of the whole may leave them out, as with PUT.
 * Throws Refusal `validation-failed`.
 */
export const refuseTaken = (operations: readonly PatchOperation[], document: Json): void => {
  const taken = new Set<string>();
  for (const operation of operations) {
    const path = operation.op === 'remove' ? operation.path : operation.op === 'move' ? operation.from : [];
    if (path.length === 1) taken.add(path[0] as string);
  }
  refuseReadOnly(systemNames.filter((name) => taken.has(name) && isObject(document) && !(name in document)));
};

const refuseReadOnly = (readOnly: readonly string[]): void => {
  if (readOnly.length === 0) return;
  const faults: Fault[] = readOnly.map((name) => ({
    pointer: `/${name}`,
    rule: 'readOnly',
    detail: 'is set by the service alone',
  }));
  throw new Refusal('validation-failed', { faults });
};

const withCanonicalIds = canonicalIds(writableSchema);

const names: ReadonlySet<string> = new Set(systemNames);
