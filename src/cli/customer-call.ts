import { userInfo } from 'node:os';
import { v7 as uuidv7 } from 'uuid';
import type { Tenant } from '../access/principal.ts';
import { type Scope, scopes } from '../access/scopes.ts';
import { noSessions } from '../access/sessions.ts';
import { answered } from '../contracts/answered.ts';
import { native } from '../contracts/native/contract.ts';
import { asText, type Reply } from '../customer/operation.ts';
import { Refusal } from '../errors.ts';
import { callReader, type Incoming } from '../http/call.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Database } from '../storage/database.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { doorOf } from './door.ts';

/** What a command asks of a route of the native API. */
export interface CustomerCall {
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string | undefined>;
  body?: Buffer;
}

/**
 * Makes a call of the native API as the operator, without HTTP: the same judgement, rules and history as a request,
 * with all scopes. Gives the body of the answer. Throws CommandFailure with the refusal.
 */
export const callCustomer = async (
  database: Database,
  tenant: Tenant,
  routeId: string,
  asked: CustomerCall,
): Promise<JsonObject> => {
  const reply = await replyTo(database, tenant, routeId, asked);
  return JSON.parse(asText(reply).body || '{}') as JsonObject;
};

/** The same with all of the answer, whose body may come in parts. */
export const replyTo = async (
  database: Database,
  tenant: Tenant,
  routeId: string,
  asked: CustomerCall,
): Promise<Reply> => {
  const route = native.routes.find((one) => one.id === routeId);
  if (!route) throw new Error(`There is no route ${routeId}`);
  const door = doorOf(database);
  const incoming = incomingOf(tenant, asked);
  const reply = await Promise.resolve()
    .then(() =>
      answered(
        callReader(route, { ...native, id: 'cli' }, { newId: uuidv7, sessions: noSessions })(incoming),
        door,
      ),
    )
    .catch((error: unknown): Reply => {
      // A session that is cut off may be tried again; every other refusal is the answer.
      if (!(error instanceof Refusal) || error.code === 'unavailable') throw error;
      const { id: requestId, url: path } = incoming;
      return native.renderRefusal(error, { requestId, method: route.method, path, header: () => undefined });
    });
  if (reply.status < 400) return reply;
  const body = JSON.parse(asText(reply).body || '{}') as JsonObject;
  if (reply.status === 404) {
    const { detail } = body;
    // A detail tells what is missing of a customer that is there.
    const missing = detail ? `${String(detail)}.` : `There is no such customer in the tenant ${tenant.name}.`;
    throw new CommandFailure(exitCodes.missing, missing, body);
  }
  throw failureOf(reply.status, body);
};

const incomingOf = (
  tenant: Tenant,
  { params = {}, query = {}, headers = {}, body }: CustomerCall,
): Incoming => {
  const given = defined(headers);
  return {
    id: `cli-${uuidv7()}`,
    url: '',
    params,
    query: defined(query),
    headers: given,
    body,
    raw: { headersDistinct: Object.fromEntries(Object.entries(given).map(([name, one]) => [name, [one]])) },
    credential: {
      keyId: 'cli',
      tenant,
      contract: null,
      principal: { name: `cli:${userName()}`, scopes: new Set<Scope>(scopes), customerId: null },
    },
  };
};

const defined = (members: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined),
  );

/** A container may run a user that has no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.geteuid?.()}`;
  }
};

const failureOf = (status: number, problem: JsonObject): CommandFailure => {
  const faults = (problem['errors'] ?? []) as { pointer: string; detail: string }[];
  const lines = faults.map(({ pointer, detail }) => `\n  ${pointer === '' ? '' : `${pointer}: `}${detail}`);
  const detail = problem['detail'] === undefined ? '' : `: ${String(problem['detail']).replace(/\.$/, '')}`;
  return new CommandFailure(
    exitCodeOf(status),
    `${String(problem['title'])}${detail}.${lines.join('')}`,
    problem,
  );
};

const exitCodeOf = (status: number): number => {
  if (status >= 500) return exitCodes.failed;
  return status === 400 ? exitCodes.usage : exitCodes.refused;
};
