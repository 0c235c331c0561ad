import Type, { type Static } from 'typebox';
import type { Context } from '../../customer/context.ts';
import { createCustomer } from '../../customer/create-customer.ts';
import { deleteCustomer } from '../../customer/delete-customer.ts';
import type { Door } from '../../customer/execute.ts';
import {
  asText,
  type Command,
  type Outcome,
  type Reply,
  type WriteOperation,
} from '../../customer/operation.ts';
import { replaceCustomer, updateCustomer } from '../../customer/update-customer.ts';
import { Refusal } from '../../errors.ts';
import { entityTag } from '../../headers/entity-tag.ts';
import { readIdempotencyKey } from '../../headers/idempotency-key.ts';
import { invalidHeader } from '../../headers/invalid-header.ts';
import { canonicalIds } from '../../schema/canonical-ids.ts';
import type { Json } from '../../schema/json.ts';
import { validator } from '../../schema/validate.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { objectOf } from '../object-body.ts';
import { booleanQuery } from '../query.ts';
import { claimBatch } from './batch-claim.ts';
import { changeOf } from './change.ts';
import { problemOf } from './errors.ts';
import { changesBody, jsonReply } from './reply.ts';
import { changeReplies, changeSchema, dryRunQuery } from './schemas.ts';
import { nativeView } from './view.ts';

const mostChanges = 1000;

const itemSchema = Type.Object(
  {
    op: Type.Enum(['create', 'mergePatch', 'jsonPatch', 'replace', 'delete']),
    id: Type.Optional(Type.String({ format: 'uuid', description: 'The customer; not for `create`.' })),
    body: Type.Optional(Type.Unknown({ description: 'The customer or the patch; not for `delete`.' })),
    ifVersion: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The version that the change is meant for.' }),
    ),
    onConflict: Type.Optional(Type.Enum(['merge', 'refuse'])),
  },
  { additionalProperties: false },
);

const batchSchema = Type.Object(
  { changes: Type.Array(itemSchema, { minItems: 1, maxItems: mostChanges }) },
  { additionalProperties: false },
);

const outcomeSchema = Type.Object({
  index: Type.Integer(),
  status: Type.Integer(),
  id: Type.Optional(Type.String({ format: 'uuid' })),
  version: Type.Optional(Type.Integer()),
  changes: Type.Optional(
    Type.Array(changeSchema, { description: 'With `dryRun`: what would change, each change for itself.' }),
  ),
  error: Type.Optional(Type.Unknown({ description: 'A problem document.' })),
});

type Item = Static<typeof itemSchema>;

/**
 * Many changes in one call, each with an outcome of its own; changes of one customer are made in their order, also when a
 * batch that was cut off is sent again: after one that was not judged none of its customer is.
 */
export const batchRoute = (contract: () => Contract): Route => ({
  id: 'batch',
  method: 'POST',
  path: '/customers/batch',
  summary: `Up to ${mostChanges} changes, each with its own outcome`,
  scopes: [],
  params: {},
  query: dryRunQuery,
  headers: {
    'Idempotency-Key': 'Makes a retry safe: changes that were made are not made again.',
    'Customary-Reason': 'Why the changes are made; stands in the history of each.',
  },
  body: { 'application/json': batchSchema },
  bodyLimit: 'batch',
  replies: {
    200: {
      description: 'An outcome for every change',
      schema: Type.Object({ outcomes: Type.Array(outcomeSchema) }),
    },
    ...changeReplies,
  },
  handle: (call, door) => runBatch(contract(), call, door),
});

const runBatch = async (contract: Contract, call: Call, door: Door): Promise<Reply> => {
  // It would be of one version, and the changes are of many customers.
  if (call.header('if-match') !== undefined)
    throw invalidHeader('If-Match', 'notHere', 'is not for a batch: each change may have `ifVersion`');
  const body = withCanonicalIds(call.body ?? null);
  const faults = validate(body);
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  const { changes } = body as unknown as Static<typeof batchSchema>;
  const key = readIdempotencyKey(call.headerValues('idempotency-key'));
  const dryRun = booleanQuery(call, 'dryRun');
  const keys = key === undefined || dryRun ? () => null : await claimBatch(contract, call, door, key);
  const batch: Batch = { call, dryRun, lost: new Set() };
  const outcomes = await Promise.all(changes.map((item, index) => runItem(batch, door, item, keys(index))));
  const failed = outcomes.filter((outcome) => outcome instanceof Refusal);
  const twin = failed.find((refusal) => refusal.code === 'idempotency-key-in-progress');
  if (twin) throw twin;
  if (failed[0] && failed.length === outcomes.length) throw failed[0];
  const replies = outcomes.map((outcome, index) =>
    outcome instanceof Refusal ? refusedReply(outcome, changes[index]?.id) : outcome,
  );
  const replayed = replies.every((reply) => reply.headers['idempotency-replayed']);
  return jsonReply(
    200,
    { outcomes: replies.map((reply, index) => ({ index, ...(JSON.parse(asText(reply).body) as object) })) },
    replayed ? { 'idempotency-replayed': 'true' } : {},
  );
};

const withCanonicalIds = canonicalIds(batchSchema);

const validate = validator(batchSchema);

/** What the changes of a batch have in common. */
interface Batch {
  call: Call;
  dryRun: boolean;
  /** Customers of which a change was not judged: a later one, made now, would come before it. */
  lost: Set<string>;
}

/** One change's outcome; a refusal that is thrown says that it was not judged, and may be when it is sent again. */
const runItem = async (
  batch: Batch,
  door: Door,
  item: Item,
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

const itemCommand = (
  { call, dryRun, lost }: Batch,
  item: Item,
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

const operationOf = (item: Item): { operation: unknown; input: unknown } => {
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

const refusedReply = (refusal: Refusal, id: string | undefined): Reply =>
  jsonReply(refusal.status, {
    status: refusal.status,
    ...(id === undefined ? {} : { id }),
    error: problemOf(refusal),
  });
