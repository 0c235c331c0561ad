import Type, { type Static } from 'typebox';
import type { Door } from '../../customer/execute.ts';
import { asText, type Reply } from '../../customer/operation.ts';
import { Refusal } from '../../errors.ts';
import { readIdempotencyKey } from '../../headers/idempotency-key.ts';
import { invalidHeader } from '../../headers/invalid-header.ts';
import { canonicalIds } from '../../schema/canonical-ids.ts';
import { validator } from '../../schema/validate.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { booleanQuery } from '../query.ts';
import { claimBatch } from './batch-claim.ts';
import { type Batch, refusedReply, runItem } from './batch-item.ts';
import { batchSchema, mostChanges, outcomeSchema } from './batch-schemas.ts';
import { jsonReply } from './reply.ts';
import { changeReplies, dryRunQuery } from './schemas.ts';

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
