import type { TSchema } from 'typebox';
import type { Context } from '../customer/context.ts';
import { createCustomer } from '../customer/create-customer.ts';
import type { Customer } from '../customer/customer.ts';
import { deleteCustomer } from '../customer/delete-customer.ts';
import type { Door } from '../customer/execute.ts';
import type { Links } from '../customer/links.ts';
import { noteShown } from '../customer/note-disclosure.ts';
import type { Outcome, Reply, WriteOperation } from '../customer/operation.ts';
import { replaceCustomer, throughView, updateCustomer } from '../customer/update-customer.ts';
import { asSeen, type View } from '../customer/view.ts';
import { type Fault, Refusal } from '../errors.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import { ignoredMembers } from '../mapping/ignored-members.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { refuseBound } from './bound-creation.ts';
import { type ChangeSpec, commandOf } from './command.ts';
import type { Call, Contract } from './contract.ts';
import { ignoredByPatch } from './ignored-by-patch.ts';
import { jsonPatchType, patchLimits } from './json-patch.ts';
import { unlessKnown } from './known-version.ts';
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

/** A change as the rules between members see it, whatever the caller sees. */
interface CheckedChange {
  /** The document of all that will be stored, without what the service itself says. */
  after: JsonObject;
  /** The document of all that is stored; undefined for a new customer. */
  before: JsonObject | undefined;
  /** The whole document that the caller's one led to. */
  sent: JsonObject;
}

/** Rules between members. */
export type CheckDocument = (change: CheckedChange) => Fault[];

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
  const show: MappedCustomer['show'] = (customer, context, links) =>
    view.write(asSeen(customer, context), links);
  const execute = <Input>(
    call: Call,
    door: Door,
    spec: Pick<ChangeSpec<Input>, 'customerId' | 'input' | 'eligible' | 'renderAccepted' | 'alwaysLater'> & {
      operation: WriteOperation<Input>;
      ignored?: readonly string[];
      answer(outcome: Outcome & { kind: 'done' }, links: Links): Reply;
    },
  ): Promise<Reply> => {
    const { answer, ...rest } = spec;
    return door.execute(
      commandOf(contract(), call, {
        ...rest,
        render: answer,
        onWire: (pointer, record) => mapping.wirePointers(pointer, record),
      }),
    );
  };
  const answerWith =
    (call: Call, render: Render) =>
    ({ customer }: Outcome & { kind: 'done' }, links: Links): Reply => {
      noteShown(call.context, customer);
      return render(show(customer, call.context, links), customer, {});
    };
  return {
    show,
    async read(call, door, customerId, render) {
      const customer = await door.reader.customer(call.context, customerId);
      const links = await door.reader.links(call.context, [customer]);
      return unlessKnown(call, customer, (headers) => {
        noteShown(call.context, customer);
        return render(show(customer, call.context, links), customer, headers);
      });
    },
    update(call, door, { apply, wire, check, render, replaces, partial = false, customerId, ...rest }) {
      const { names, body } =
        call.contentType === jsonPatchType
          ? { names: ignoredByPatch(mapping.wire, call.body ?? null, patchLimits), body: {} }
          : ignoredMembers(wire ?? mapping.wire, objectOf(call.body));
      return execute(call, door, {
        ...rest,
        customerId,
        operation: replaces ? replaceCustomer : updateCustomer,
        input: throughView(checked(mapping, view, check), (document) => apply(document, body), { partial }),
        ignored: names,
        answer: answerWith(call, render),
      });
    },
    create(call, door, { complete, wire, check, fix, render, ...rest }) {
      const { names, body } = ignoredMembers(wire ?? mapping.wire, objectOf(call.body));
      return execute(call, door, {
        ...(fix || saysParent ? {} : { eligible: refuseBound }),
        ...rest,
        customerId: call.context.newId(),
        operation: createCustomer,
        input: {
          view: fixed(checked(mapping, view, check), fix),
          document: complete ? complete(body) : body,
        },
        ignored: names,
        answer: answerWith(call, render),
      });
    },
    remove: (call, door, customerId, render) =>
      execute(call, door, { customerId, operation: deleteCustomer, input: null, answer: render }),
  };
};

/** The view with a contract's own rules, judged once every member for itself is right. */
const checked = (mapping: Mapping, view: View, check: CheckDocument | undefined): View =>
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

const fixed = (view: View, fix: MappedCreation['fix']): View =>
  fix === undefined ? view : { write: view.write, read: (...sent) => fix(view.read(...sent)) };
