import { createHash, hash } from 'node:crypto';
import type { Principal, Tenant } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import type { DataKey } from '../privacy/data-key.ts';
import { joined } from '../schema/joined.ts';
import type { WorldState } from './create-world.ts';
import { isVisible } from './is-visible.ts';
import { judgeKept, keptSight } from './kept-sight.ts';
import type { Command, Reply } from './operation.ts';
import { sealBeside, unsealBeside } from './sealing-key.ts';
import type { Loaded } from './store.ts';
import type { ReplyRow } from './stored-rows.ts';
import type { World } from './world.ts';

/** How long a reply is replayed, by the database's clock and to the second. */
export const replayWindowSeconds = 24 * 60 * 60;

/** The name of a key in storage. It belongs to a principal, not to a secret: a rotated API key replays as before. */
export const keyDigestOf = (principal: Principal, contract: string, key: string): Buffer =>
  digest([principal.name, contract, key]);

/**
 * What makes two requests the same: what is asked, and what the caller may see of the answer. `parts` are method,
 * route, ids, query, content type and body, in the form that the contract compares them.
 */
export const fingerprintOf = (principal: Principal, parts: readonly (string | Buffer)[]): Buffer => {
  const sight = ['personal:read', 'personal:write', 'privacy:manage'] as const;
  const rights = sight.filter((scope) => principal.scopes.has(scope)).join(' ');
  return digest([rights, principal.customerId ?? '', ...parts]);
};

/**
 * The reply to give again; undefined when the key is new or its time is over. Another request under the key is
 * answered with the refusal `idempotency-key-reused`, a caller who no longer sees the customer with `not-found`, one
 * whose customer was erased with `gone`, and one who may no longer see what the reply shows with `forbidden`.
 */
export const replayable = (command: Command, loaded: Loaded, state: WorldState): Reply | undefined => {
  const idempotency = command.idempotency;
  if (!idempotency || command.dryRun) return undefined;
  const row = loaded.replies.find((one) => one.keyDigest.equals(idempotency.keyDigest));
  if (!row || isOver(row, loaded.now)) return undefined;
  const refusedWith = (refusal: Refusal) =>
    command.render({ kind: 'refused', refusal }, state.world.links(command.context.principal.customerId));
  const refused = (code: 'idempotency-key-reused' | 'not-found' | 'gone') => refusedWith(new Refusal(code));
  if (!row.fingerprint.equals(idempotency.fingerprint)) return refused('idempotency-key-reused');
  // A reply is shown to a key that still sees its customer. A kept 404 shows nothing, as long as it can be opened.
  const tellsNothing = row.status === 404 && row.dataKey !== 'destroyed';
  if (!tellsNothing && isHidden(command, row.customerId, state.world)) return refused('not-found');
  if (row.dataKey === 'destroyed') return refused('gone');
  const kept = JSON.parse(row.headers) as Record<string, string>;
  try {
    const sight = kept[sightKept];
    if (sight !== undefined) judgeKept(command.context, row.customerId, sight, state.world);
  } catch (error) {
    if (error instanceof Refusal) return refusedWith(error);
    throw error;
  }
  const { headers, body } = opened(
    kept,
    unsealBeside(row.sealed, row.dataKey, command.context.tenant, replyPlace(command.context.tenant, row)),
  );
  return replayed({ status: row.status, headers, body });
};

/** Whether there is such a customer and the caller's key does not see it: of one that was not made there is nothing to hide. */
const isHidden = (command: Command, customerId: string, world: World): boolean => {
  const root = command.context.principal.customerId;
  if (root === null || root === customerId) return false;
  return world.customerOrLoad(customerId) !== undefined && !isVisible(command, customerId, world);
};

/** A kept reply, with the header that says so. */
export const replayed = ({ status, headers, body }: Reply): Reply => ({
  status,
  headers: { ...headers, 'idempotency-replayed': 'true' },
  body,
});

/** The row that keeps a reply, sealed under the customer's key if it has one. */
export const storedReply = (
  command: Command,
  reply: Reply,
  now: Date,
  key: DataKey | undefined,
): ReplyRow => {
  const { keyDigest, fingerprint } = command.idempotency as { keyDigest: Buffer; fingerprint: Buffer };
  const { headers, content } = closed(reply, keptSight(command.context, command.customerId));
  return {
    keyDigest,
    fingerprint,
    customerId: command.customerId,
    status: reply.status,
    headers: JSON.stringify(headers),
    sealed: sealBeside(
      content,
      key,
      command.context.tenant,
      replyPlace(command.context.tenant, { customerId: command.customerId, keyDigest }),
    ),
    createdAt: now,
  };
};

/** A header that says what the caller itself had written; such a text does not lie open. */
const callersOwn = 'customary-ignored';

/** Beside the headers: what the reply shows of the customer. It is never sent. */
const sightKept = 'customary-sight';

/** A reply as it is kept: the caller's own words are sealed with the body, as its first line. */
const closed = (
  { headers: shown, body }: Reply,
  sight: string | undefined,
): { headers: Record<string, string>; content: string | Buffer } => {
  const headers = sight === undefined ? shown : joined(shown, { [sightKept]: sight });
  const said = headers[callersOwn];
  return said === undefined
    ? { headers, content: body }
    : { headers: { ...headers, [callersOwn]: '' }, content: `${said}\n${body}` };
};

const opened = (
  { [sightKept]: _sight, ...headers }: Record<string, string>,
  text: string,
): Pick<Reply, 'headers' | 'body'> => {
  if (headers[callersOwn] === undefined) return { headers, body: text };
  const end = text.indexOf('\n');
  return { headers: { ...headers, [callersOwn]: text.slice(0, end) }, body: text.slice(end + 1) };
};

/** Whether the time of a stored reply is over. */
export const isOver = (row: ReplyRow, now: Date): boolean =>
  now.getTime() - row.createdAt.getTime() >= replayWindowSeconds * 1000;

/** What a kept reply is sealed for. */
export const replyPlace = (tenant: Tenant, row: Pick<ReplyRow, 'customerId' | 'keyDigest'>) => ({
  kind: 'reply' as const,
  tenantId: tenant.id,
  customerId: row.customerId,
  version: 0,
  name: row.keyDigest.toString('base64'),
});

/** Parts are told apart by their lengths, so that no two lists of parts read the same. */
const digest = (parts: readonly (string | Buffer)[]): Buffer =>
  parts.every((part) => typeof part === 'string')
    ? hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'buffer')
    : digestBytes(parts);

const digestBytes = (parts: readonly (string | Buffer)[]): Buffer => {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(`${part.length}:`).update(part);
  return sha.digest();
};
