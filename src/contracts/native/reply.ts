import { type Context, personalRights } from '../../customer/context.ts';
import type { Customer } from '../../customer/customer.ts';
import type { HistoryEntry } from '../../customer/history-entry.ts';
import { noteAllShown, noteReason, noteShown, noteShownChanges } from '../../customer/note-disclosure.ts';
import type { Outcome, Reply } from '../../customer/operation.ts';
import { bytesOf } from '../../customer/record.ts';
import { seenPath, seenValue, viewerOf } from '../../customer/seen-change.ts';
import { systemMembers } from '../../customer/system-members.ts';
import { asSeen, seesAll } from '../../customer/view.ts';
import { entityTag } from '../../headers/entity-tag.ts';
import { readPrefer } from '../../headers/prefer.ts';
import { sightOf } from '../../privacy/sight.ts';
import type { Change } from '../../schema/change.ts';
import { joined } from '../../schema/joined.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Call } from '../contract.ts';
import type { Projection } from './projection.ts';
import { nativeView } from './view.ts';

/** The headers of an answer in JSON. */
export const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** An answer with a JSON body. */
export const jsonReply = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: joined(jsonHeaders, headers),
  body: JSON.stringify(body),
});

/** An answer with a customer. Its stored text is used as it is where nothing is hidden. */
export const customerReply = (
  status: number,
  customer: Customer,
  context: Context,
  headers: Record<string, string>,
): Reply => {
  if (!seesAll(customer, context)) return jsonReply(status, customerBody(customer, context), headers);
  noteAllShown(context, customer);
  return { status, headers: joined(jsonHeaders, headers), body: customerBytes(customer) };
};

/** What the service says of a customer and its record are two objects in JSON, of which one is made. */
const customerBytes = (customer: Customer): Buffer => {
  const system = JSON.stringify(systemMembers(customer));
  const record = bytesOf(customer);
  const isEmpty = record.length === '{}'.length;
  const body = Buffer.allocUnsafe(system.length + (isEmpty ? 0 : record.length - 1));
  // Ids, numbers and times: not a letter that takes more than a byte.
  body.write(system, 'latin1');
  if (isEmpty) return body;
  body[system.length - 1] = comma;
  record.copy(body, system.length, 1);
  return body;
};

const comma = 0x2c;

/** The same as JSON, for lists: one of whom nothing is hidden or left out is its stored text. */
export const customerJson = (customer: Customer, context: Context, projection: Projection | null): string => {
  if (projection !== null || !seesAll(customer, context))
    return JSON.stringify(customerBody(customer, context, projection ?? undefined));
  noteAllShown(context, customer);
  return customerBytes(customer).toString('utf8');
};

/** A customer as the caller sees it, or the members of it that are asked for. */
export const customerBody = (
  customer: Customer,
  context: Context,
  projection: Projection = (all) => all,
): JsonObject => {
  const body = projection(nativeView.write(asSeen(customer, context)));
  noteShown(context, customer, body);
  return body;
};

/** Whether the caller of a change wants no body in answer (RFC 7240 section 4.2). */
export const wantsMinimal = (call: Call): boolean =>
  readPrefer(call.headerValues('prefer')).return === 'minimal';

/** The answer to a change: the customer, nothing when the caller wants it so, or what a dry run would do. */
export const changeReply = (
  outcome: Outcome & { kind: 'done' },
  context: Context,
  minimal: boolean,
  idIs: 'new' | 'chosen' = 'new',
): Reply => {
  const { customer, created, dryRun } = outcome;
  if (dryRun) {
    const changes = changesBody(outcome.changes, customer, context);
    const after = customer.deletedAt ? null : customerBody(customer, context);
    return jsonReply(200, { dryRun: true, changes, customer: created ? asUnmade(after, idIs) : after });
  }
  if (customer.deletedAt) return { status: 204, headers: {}, body: '' };
  const headers: Record<string, string> = {
    etag: entityTag(customer.version),
    ...(created ? { location: `/v1/customers/${customer.id}` } : {}),
  };
  if (minimal)
    return {
      status: created ? 201 : 204,
      headers: { ...headers, 'preference-applied': 'return=minimal' },
      body: '',
    };
  return customerReply(created ? 201 : 200, customer, context, headers);
};

/** The answer to a change that will be made later. */
export const acceptedReply = ({ requestId }: { requestId: string }): Reply =>
  jsonReply(
    202,
    { id: requestId, status: 'open' },
    { location: `/v1/requests/${requestId}`, 'preference-applied': 'respond-async' },
  );

/** An entry of the history as the caller sees it. */
export const entryBody = (entry: HistoryEntry, customer: Customer, context: Context) => {
  const rights = personalRights(context.principal);
  const isShown = rights.manage || sightOf(customer.data.protectionLevel, rights) === 'show';
  const reason = isShown ? entry.reason : null;
  if (reason !== null) noteReason(context, customer);
  return {
    version: entry.version,
    recordedAt: entry.recordedAt.toISOString(),
    principal: entry.principal,
    contract: entry.contract,
    operation: entry.operation,
    reason,
    changes: changesBody(entry.changes, customer, context),
  };
};

/** Changes per path, with the values that the caller may not see masked or left out. */
export const changesBody = (changes: Change[], customer: Customer, context: Context) => {
  noteShownChanges(context, customer, changes);
  const viewer = viewerOf(context, customer);
  const seen = changes.map(({ path, before, after }) => ({
    path: seenPath(path, viewer),
    ...seenValue('before', path, before, viewer),
    ...seenValue('after', path, after, viewer),
  }));
  // Several changes may end at the same place when their names are hidden.
  return [...new Map(seen.map((change) => [change.path, change])).values()];
};

/** A customer that was not made has no number yet, and no id that anybody could use unless the caller chose it. */
const asUnmade = (body: JsonObject | null, idIs: 'new' | 'chosen'): JsonObject | null => {
  if (!body) return body;
  const { id, number: _number, humanReadableId: _name, ...rest } = body;
  return idIs === 'chosen' ? { id: id as string, ...rest } : rest;
};
