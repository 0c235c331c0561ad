import type { TSchema } from 'typebox';
import type { Context } from '../customer/context.ts';
import { createCustomer } from '../customer/create-customer.ts';
import type { Customer } from '../customer/customer.ts';
import { deleteCustomer } from '../customer/delete-customer.ts';
import type { Door } from '../customer/execute.ts';
import type { Links } from '../customer/links.ts';
import { noteShown } from '../customer/note-disclosure.ts';
import type { Reply } from '../customer/operation.ts';
import { replaceCustomer, throughView, updateCustomer } from '../customer/update-customer.ts';
import { asSeen, type View } from '../customer/view.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { ignoredMembers } from '../mapping/ignored-members.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { refuseBound } from './bound-creation.ts';
import { type CheckDocument, checkedView } from './checked-view.ts';
import type { ChangeSpec } from './command.ts';
import type { Call, Contract } from './contract.ts';
import { ignoredByPatch } from './ignored-by-patch.ts';
import { jsonPatchType, patchLimits } from './json-patch.ts';
import { unlessKnown } from './known-version.ts';
import { mappedOperation } from './mapped-operation.ts';
import { mappedView } from './mapped-view.ts';
import { objectOf } from './object-body.ts';

/** The customer operations of a contract that has a mapping: what all of them do alike, said once. */
export interface MappedCustomer {
  /** The contract's document of a customer, as the caller may see it. */
  show(customer: Customer, context: Context, links: Links): JsonObject;
  /** Reads a customer, with its entity tag and 304. Throws Refusal `not-found`. */
  read(call: Call, door: Door, customerId: string, render: Render): Promise<Reply>;
  update(call: Call, door: Door, change: MappedUpdate): Promise<Reply>;
  create(call: Call, door: Door, creation: MappedCreation): Promise<Reply>;
  remove(call: Call, door: Door, customerId: string, render: () => Reply): Promise<Reply>;
}

/** Gives a document its place in an answer. `headers` holds what every answer of the kind has. */
export type Render = (document: JsonObject, customer: Customer, headers: Record<string, string>) => Reply;

/** What a contract says of a change itself. */
interface MappedUpdate extends Pick<ChangeSpec<unknown>, 'eligible' | 'renderAccepted' | 'alwaysLater'> {
  customerId: string;
  /** Whether the caller gives the whole customer; told in the history. */
  replaces?: true;
  /**
   * Whether the body names all that it changes, as a merge patch does: `apply` is then given the document of all that is
   * stored, of which nothing gets into an answer.
   */
  partial?: true;
  /**
   * Makes the whole new document of the one that the caller sees and of the body without ignored members. A JSON Patch
   * is no document: it is taken from `call.body`.
   */
  apply(document: JsonObject, body: JsonObject): Json;
  /** The document as this call may write it, where that is not all of the mapping's. */
  wire?: TSchema;
  check?: CheckDocument;
  render: Render;
}

/** What a contract says of a creation. */
export interface MappedCreation
  extends Pick<ChangeSpec<unknown>, 'eligible' | 'renderAccepted' | 'alwaysLater'> {
  /** Completes the body, e.g. with the contract's defaults. */
  complete?(body: JsonObject): JsonObject;
  /** The document as this call may write it, where that is not all of the mapping's. */
  wire?: TSchema;
  check?: CheckDocument;
  /** Lays what the contract does not say over the new record, such as the parent that a path names. */
  fix?(data: JsonObject): JsonObject;
  render: Render;
}

/** Makes the operations of a contract. */
export const mappedCustomer = (contract: () => Contract, mapping: Mapping): MappedCustomer => {
  const view = mappedView(mapping);
  const saysParent = mapping.covers.includes('parentId');
  const carryOut = mappedOperation(contract, mapping);
  const show: MappedCustomer['show'] = (customer, context, links) =>
    view.write(asSeen(customer, context), links);
  const answer: Answer = (render, { context }, customer, links, headers) => {
    noteShown(context, customer);
    return render(show(customer, context, links), customer, headers);
  };
  return {
    show,
    async read(call, door, customerId, render) {
      const customer = await door.reader.customer(call.context, customerId);
      const links = await door.reader.links(call.context, [customer]);
      return unlessKnown(call, customer, (headers) => answer(render, call, customer, links, headers));
    },
    update(call, door, { apply, wire, check, render, replaces, partial = false, ...rest }) {
      const { names, body } = readUpdate(call, mapping, wire);
      return carryOut(call, door, {
        ...rest,
        operation: replaces ? replaceCustomer : updateCustomer,
        input: throughView(checkedView(mapping, view, check), (document) => apply(document, body), {
          partial,
        }),
        ignored: names,
        answer: ({ customer }, links) => answer(render, call, customer, links, {}),
      });
    },
    create(call, door, { complete, wire, check, fix, render, ...rest }) {
      const { names, body } = ignoredMembers(wire ?? mapping.wire, objectOf(call.body));
      return carryOut(call, door, {
        ...(fix || saysParent ? {} : { eligible: refuseBound }),
        ...rest,
        customerId: call.context.newId(),
        operation: createCustomer,
        input: {
          view: fixedView(checkedView(mapping, view, check), fix),
          document: complete ? complete(body) : body,
        },
        ignored: names,
        answer: ({ customer }, links) => answer(render, call, customer, links, {}),
      });
    },
    remove: (call, door, customerId, render) =>
      carryOut(call, door, { customerId, operation: deleteCustomer, input: null, answer: render }),
  };
};

/** Renders a customer whom an answer shows, and notes that it does. */
type Answer = (
  render: Render,
  call: Call,
  customer: Customer,
  links: Links,
  headers: Parameters<Render>[2],
) => Reply;

/** The body of an update without what is ignored, and the names of that. A JSON Patch is no document: its body is empty. */
const readUpdate = (call: Call, { wire: all }: Mapping, wire = all): { names: string[]; body: JsonObject } =>
  call.contentType === jsonPatchType
    ? { names: ignoredByPatch(all, call.body ?? null, patchLimits), body: {} }
    : ignoredMembers(wire, objectOf(call.body));

const fixedView = (view: View, fix: MappedCreation['fix']): View =>
  fix === undefined ? view : { write: view.write, read: (...sent) => fix(view.read(...sent)) };
