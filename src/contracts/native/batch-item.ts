import type { Context } from '../../customer/context.ts';
import { createCustomer } from '../../customer/create-customer.ts';
import { deleteCustomer } from '../../customer/delete-customer.ts';
import type { Door } from '../../customer/execute.ts';
import type { Command, Outcome, Reply, WriteOperation } from '../../customer/operation.ts';
import { replaceCustomer, updateCustomer } from '../../customer/update-customer.ts';
import { Refusal } from '../../errors.ts';
import { entityTag } from '../../headers/entity-tag.ts';
import type { Json } from '../../schema/json.ts';
import type { Call } from '../contract.ts';
import { objectOf } from '../object-body.ts';
import type { BatchItem } from './batch-schemas.ts';
import { changeOf } from './change.ts';
import { problemOf } from './errors.ts';
import { changesBody, jsonReply } from './reply.ts';
import { nativeView } from './view.ts';

/** What the changes of a batch have in common. */
export interface Batch {
  call: Call;
  dryRun: boolean;
  /** Customers of which a change was not judged: a later one, made now, would come before it. */
  lost: Set<string>;
}

/** Makes one change of a batch and gives its outcome; a refusal that is thrown says that it was not judged, and may be when it is sent again. */
export const runItem = async (
  batch: Batch,
  door: Door,
  item: BatchItem,
  idempotency: Command['idempotency'],
): Promise<Reply | Refusal> => {
  try {
    return await door.execute(itemCommand(batch, item, idempotency));
  } catch (error) {
    if (!(error instanceof Refusal)) return refusedReply(new Refusal('internal-error'), item.id);
    if (!mayComeLater.has(error.code)) return refusedReply(error, item.id);
    if (item.id !== undefined) batch.lost.add(item.id);
    return error;
  }
};

const mayComeLater = new Set<string>(['idempotency-key-in-progress', 'unavailable']);

/** The outcome of a change that was refused. */
export const refusedReply = (refusal: Refusal, id: string | undefined): Reply =>
  jsonReply(refusal.status, {
    status: refusal.status,
    ...(id === undefined ? {} : { id }),
    error: problemOf(refusal),
  });

const itemCommand = (
  { call, dryRun, lost }: Batch,
  item: BatchItem,
  idempotency: Command['idempotency'],
): Command => {
  const { operation, input } = operationOf(item);
  const refuse = (pointer: string, rule: string, detail: string) =>
    new Refusal('validation-failed', { faults: [{ pointer, rule, detail }] });
  if ((item.op === 'create') !== (item.id === undefined)) {
    const rule = item.op === 'create' ? 'unknownMember' : 'required';
    throw refuse('/id', rule, 'is for changes of a customer that exists');
  }
  if (item.op === 'delete' && item.body !== undefined)
    throw refuse('/body', 'unknownMember', 'is not for a deletion');
  const customerId = item.id ?? call.context.newId();
  return {
    operation: operation as WriteOperation<unknown>,
    customerId,
    input,
    context: call.context,
    precondition:
      item.ifVersion === undefined ? { kind: 'none' } : { kind: 'versions', versions: [item.ifVersion] },
    mergeStale: item.onConflict === 'merge',
    dryRun,
    idempotency,
    accepts: null,
    finishes: null,
    render(outcome) {
      // What comes to no reply is neither made nor kept.
      if (lost.has(customerId)) throw new Refusal('unavailable', { detail: afterLost });
      return itemReply(outcome, item.id, call.context);
    },
  };
};

const afterLost = 'An earlier change of this customer could not be made';

const operationOf = (item: BatchItem): { operation: unknown; input: unknown } => {
  const body = item.body as Json | undefined;
  switch (item.op) {
    case 'create':
      return { operation: createCustomer, input: { view: nativeView, document: objectOf(body) } };
    case 'delete':
      return { operation: deleteCustomer, input: null };
    case 'replace':
      return { operation: replaceCustomer, input: changeOf('replace', body) };
    default:
      return { operation: updateCustomer, input: changeOf(item.op, body) };
  }
};

const itemReply = (outcome: Outcome, id: string | undefined, context: Context): Reply => {
  if (outcome.kind === 'refused') return refusedReply(outcome.refusal, id);
  if (outcome.kind !== 'done') throw new Error('A change of a batch is never accepted for later');
  const { customer, created, changes, dryRun } = outcome;
  const status = customer.deletedAt ? 204 : created ? 201 : 200;
  if (dryRun) {
    // A customer that was not made has no id that anybody could use.
    const named = created ? {} : { id: customer.id, version: customer.version };
    return jsonReply(status, { status, ...named, changes: changesBody(changes, customer, context) });
  }
  const tag = customer.deletedAt ? {} : { etag: entityTag(customer.version) };
  return jsonReply(status, { status, id: customer.id, version: customer.version }, tag);
};
