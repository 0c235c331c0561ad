import { randomUUID } from 'node:crypto';
import { contracts } from '../../src/contracts/all.ts';
import { contractAt } from '../../src/http/asked.ts';
import { callerOf } from '../support/caller.ts';
import type { Answer, Client } from '../support/client.ts';
import type { TestDatabase } from '../support/database.ts';
import type { ExampleCall, Target } from './example-call.ts';
import { contractExamples } from './example-calls.ts';

/** Makes a customer with three versions, a stored reply, an accepted request, an erasure and a list of two pages. */
export const makeTarget = async (client: Client, word = `w${randomUUID().slice(0, 8)}`): Promise<Target> => {
  const customer = await client.create({
    kind: 'person',
    name: word,
    email: `${word}@example.org`,
    accountNumber: word,
    externalIds: { crm: word },
  });
  const customerId = customer['id'] as string;
  const key = { 'idempotency-key': `k-${customerId}` };
  await client.patch(customerId, { source: 'before' }, key);
  await client.create({ kind: 'person' });
  const accepted = await client.patch(customerId, { language: 'en' }, { prefer: 'respond-async' });
  const requestId = accepted.body['id'] as string;
  while ((await client.get(`/v1/requests/${requestId}`)).body['status'] === 'open');
  // An erasure that was asked for and cancelled.
  const erasure = `/v1/customers/${customerId}/erasure`;
  await client.send('POST', erasure, { body: { reason: `of ${word}` } });
  await client.send('DELETE', erasure, { headers: { 'customary-reason': `not of ${word}` } });
  const floliveRequestId = await acceptedByFlolive(client, customerId);
  const page = await client.get('/v1/customers?limit=1');
  return {
    customerId,
    requestId,
    floliveRequestId,
    word,
    number: String(customer['number']),
    humanReadableId: customer['humanReadableId'] as string,
    pageToken: page.body['nextPageToken'] as string,
  };
};

/** A change through floLIVE's contract that changes nothing; only what a contract accepted itself may be asked for there. */
const acceptedByFlolive = async (client: Client, customerId: string): Promise<string> => {
  const accepted = await client.send('PATCH', `/flolive/api/v2/customer/${customerId}`, { body: {} });
  const { requestId } = accepted.body['content'][0];
  const status = `/flolive/api/v2/global/call/${requestId}`;
  while ((await client.get(status)).body['content'][0].status === 'OPEN');
  return requestId;
};

/** A target that nobody has, of the same form. */
export const unknownTarget = (): Target => ({
  customerId: randomUUID(),
  requestId: randomUUID(),
  floliveRequestId: randomUUID(),
  word: `u${randomUUID().slice(0, 8)}`,
  number: '2000000000',
  humanReadableId: '222-2222-222',
  pageToken: `${Buffer.from('["1","x"]').toString('base64url')}.${Buffer.alloc(16).toString('base64url')}`,
});

/**
 * Makes an example call, with the client's key shown as the contract of its path has it. The request's id is given, so
 * that two answers can be compared byte by byte.
 */
export const makeCall = async (client: Client, call: ExampleCall): Promise<Answer> => {
  const contract = contractAt(contracts, call.path)?.id ?? 'native';
  const shown = await contractExamples[contract]?.headersOf(callerOf(client));
  return makeCallWith(client, shown ?? {}, call);
};

/** Makes an example call with these headers of a caller. */
export const makeCallWith = (
  client: Client,
  shown: Record<string, string>,
  { method, path, headers, ...rest }: ExampleCall,
): Promise<Answer> =>
  client.send(method, path, { ...rest, headers: { ...shown, ...headers, 'x-request-id': 'the-same' } });

/** A tenant whose customers have numbers that no other tenant's have, so that a number names one as an id does. */
export const withOwnNumbers = async (database: TestDatabase, tenantId: string): Promise<void> => {
  await database.query('UPDATE tenant_state SET last_number = 700000 WHERE tenant_id = $1', [tenantId]);
};

/** All of an answer but the moment, with the id or number that the call itself named written alike. */
export const wholeAnswer = (answer: Answer, target: Target): string => {
  const headers = [...answer.headers].filter(([name]) => name !== 'date');
  const text = (one: string) => one.replaceAll(target.customerId, 'ID').replaceAll(target.number, 'NUMBER');
  return JSON.stringify([answer.status, headers, text(answer.text)]);
};

const tables = [
  'tenant_state',
  'api_key',
  'customer',
  'customer_lookup',
  'customer_unique',
  'history',
  'outbox',
  'idempotency_reply',
  'request',
  'access_log',
  'session',
  'retention_rule',
  'erasure',
  'legal_hold',
];

/** Everything that the database holds of a tenant, once nothing that was accepted is still to be made. */
export const holdingsOf = async (
  database: TestDatabase,
  tenantId: string,
): Promise<Record<string, unknown[]>> => {
  const open = `SELECT 1 FROM request WHERE tenant_id = $1 AND status = 'open'`;
  while ((await database.query(open, [tenantId])).length > 0);
  const entries = tables.map(async (table) => {
    const rows = await database.query<{ row: string }>(
      `SELECT t::text AS row FROM ${table} t WHERE tenant_id = $1 ORDER BY 1`,
      [tenantId],
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};
