import { expect, vi } from 'vitest';
import type { Contract, Route } from '../../src/contracts/contract.ts';
import { type ErrorCode, errorTable } from '../../src/errors.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import type { ExampleCall } from '../access/example-call.ts';
import { callerOf } from '../support/caller.ts';
import type { Answer, Client } from '../support/client.ts';
import { type Document, expectDocumented, readDocument } from '../support/documented.ts';
import type { ContractExample, Members } from './contract-example.ts';

/** A customer as the tests of all contracts name it. */
export interface Named {
  id: string;
  number: number;
}

/** What a client of a contract does. Every answer is judged by the contract's OpenAPI document. */
export interface Speaker {
  example: ContractExample;
  /** What paths name a customer by. */
  nameOf(customer: Named): string;
  send(call: ExampleCall): Promise<Answer>;
  /** The customer's document, read now. */
  read(customer: Named): Promise<JsonObject>;
  /** Changes members and waits until that is done; throws unless it succeeds. */
  change(customer: Named, members: Members): Promise<Answer>;
  /** Makes a call that changes something and waits until that is done: how it ended. */
  finish(call: ExampleCall): Promise<{ answer: Answer; outcome: 'success' | 'failure' | 'error' }>;
  /** The status that a refusal has in this contract. */
  statusOf(code: ErrorCode): number;
}

/** Makes the speaker of a contract for a client's key. */
export const speakerOf = async (
  example: ContractExample,
  client: Client,
  headers?: Record<string, string>,
): Promise<Speaker> => {
  const document = await readDocument(client.address, example.contract);
  const shown = headers ?? (await example.headersOf(callerOf(client)));
  const send: Speaker['send'] = async (call) => {
    const answer = await sendAs(client.address, shown, call);
    expectOfContract(example, document, call, answer);
    return answer;
  };
  const nameOf = ({ id, number }: Named) => (example.namedBy === 'id' ? id : String(number));
  const finish: Speaker['finish'] = async (call) => {
    const answer = await send(call);
    const { later } = example;
    if (!later || answer.status >= 300) {
      return { answer, outcome: answer.status < 300 ? 'success' : 'failure' };
    }
    return { answer, outcome: await ended(send, later, answer) };
  };
  return {
    example,
    nameOf,
    send,
    finish,
    async read(customer) {
      const answer = await send(example.calls.read(nameOf(customer)));
      expect(answer.status, answer.text).toBe(200);
      return example.documentOf(answer);
    },
    async change(customer, members) {
      const { answer, outcome } = await finish(example.calls.update(nameOf(customer), members));
      expect(outcome, answer.text).toBe('success');
      return answer;
    },
    statusOf: (code) => example.statuses[code] ?? errorTable[code].status,
  };
};

/** Sends a call with these headers of a caller, and nothing else that shows who calls. */
const sendAs = async (
  address: string,
  shown: Record<string, string>,
  { method, path, body, contentType, headers }: ExampleCall,
): Promise<Answer> => {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const type = contentType ?? (body === undefined ? '' : 'application/json');
  const all = Object.entries({ 'content-type': type, ...shown, ...headers });
  const response = await fetch(address + path, {
    method,
    headers: Object.fromEntries(all.filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as string }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} };
};

const ended = (
  send: Speaker['send'],
  later: NonNullable<ContractExample['later']>,
  accepted: Answer,
): Promise<'success' | 'failure' | 'error'> =>
  vi.waitUntil(
    async () => {
      const answer = await send(later.status(accepted));
      expect(answer.status, answer.text).toBe(200);
      const outcome = later.outcome(answer);
      return outcome === 'open' ? undefined : outcome;
    },
    { timeout: 20_000, interval: 5 },
  );

/** An answer is of the contract's own shape: what its document says of the route, or its errors. */
const expectOfContract = (
  { contract }: ContractExample,
  document: Document,
  call: ExampleCall,
  answer: Answer,
): void => {
  const what = `${call.method} ${call.path} answers ${answer.status} ${answer.text.slice(0, 300)}`;
  const type = answer.headers.get('content-type');
  const route = routeOf(contract, call);
  const documented =
    route && document['paths'][route.path][route.method.toLowerCase()].responses[answer.status];
  if (route) expect(documented, `${what}, which is not documented`).toBeDefined();
  if (documented) {
    expectDocumented(documented, type, answer.text, document);
    return;
  }
  const problem = { schema: document['components'].schemas.Problem };
  const types = [contract.errorMediaType, ...(contract.mediaTypes ?? [])];
  const content = Object.fromEntries(types.map((one) => [one, problem]));
  expect(answer.text, what).not.toBe('');
  expectDocumented({ content }, type, answer.text, document);
};

/** The route that a call reaches. */
export const routeOf = ({ routes, prefix }: Contract, { method, path }: ExampleCall): Route | undefined =>
  routes.find((one) => one.method === method && isAt(one, path, prefix));

const isAt = ({ path }: Route, url: string, prefix: string): boolean => {
  const trimmed = (text: string) => text.replace(/\/$/, '');
  const pattern = trimmed(prefix + path).replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(trimmed(url.split('?', 1)[0] as string));
};

/** The record through our own API, without what every change changes. */
export const recordOf = async (client: Client, { id }: Named): Promise<JsonObject> => {
  const { body } = await client.get(`/v1/customers/${id}`);
  const { version: _version, updatedAt: _updatedAt, ...record } = body;
  return record;
};

/** The value at a dotted path. */
export const valueAt = (document: JsonObject, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>(
      (at, name) => (typeof at === 'object' && at !== null ? (at as JsonObject)[name] : undefined),
      document,
    );
