import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import type { Credential } from '../access/credentials.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Call, Contract, Route } from '../contracts/contract.ts';
import { longestReason } from '../customer/context.ts';
import { noDisclosures, saidMembers } from '../customer/disclosures.ts';
import { bodyLimits } from '../customer/record-limits.ts';
import { type Fault, Refusal } from '../errors.ts';
import { checkContentEncoding } from '../headers/content-encoding.ts';
import { invalidHeader } from '../headers/invalid-header.ts';
import { readContentType } from '../headers/media-type.ts';
import { parseJson } from '../schema/parse-json.ts';
import { headerOf } from './asked.ts';

/** What a call is made of; the command line makes calls as well. */
export type Incoming = Pick<
  FastifyRequest,
  'id' | 'url' | 'params' | 'query' | 'headers' | 'body' | 'credential'
> & {
  raw: Pick<FastifyRequest['raw'], 'headersDistinct'>;
};

/**
 * Makes the reader of a route's calls: parameters, query, media type and body are judged here, in this order, before
 * the contract sees them. The reader throws Refusals.
 */
export const callReader = (
  route: Route,
  contract: Contract,
  { newId, sessions }: { newId(): string; sessions: Sessions },
): ((request: Incoming) => Call) => {
  const params = Object.entries(route.params);
  const says = saidMembers(contract.mapping?.covers);
  const prefixes = Object.keys(route.query).filter((name) => route.query[name]?.prefix);
  return (request) => {
    const { tenant, principal } = request.credential ?? nobody;
    const given = request.params as Record<string, string>;
    for (const [name, { pattern, caseless }] of params) {
      const text = given[name] ?? '';
      if (!pattern.test(text)) throw new Refusal('not-found');
      if (caseless) given[name] = text.toLowerCase();
    }
    const query = queryOf(route, prefixes, request.query as Record<string, string | string[]>);
    const rawBody = Buffer.isBuffer(request.body) ? request.body : noBody;
    // Most headers asked for are not there, and telling several of one name apart costs a look at all of them.
    const headerValues = (name: string) =>
      request.headers[name] === undefined ? [] : (request.raw.headersDistinct[name] ?? []);
    const { contentType, body } = bodyOf(route, contract, request, rawBody);
    return {
      route,
      context: {
        tenant,
        principal,
        contract: contract.id,
        operation: route.id,
        requestId: request.id,
        reason: reasonOf(headerValues('customary-reason')),
        newId,
        disclosed: noDisclosures(says),
      },
      url: request.url,
      params: given,
      query,
      rawBody,
      contentType,
      body,
      header: headerOf(request),
      headerValues,
      sessions,
      finishes: null,
    };
  };
};

const noBody = Buffer.alloc(0);

/** Who calls a public route: no scopes, and a tenant that no statement can be sent for. */
const nobody: Pick<Credential, 'tenant' | 'principal'> = {
  tenant: { id: '', name: '', secret: Buffer.alloc(0) },
  principal: { name: '', scopes: new Set(), customerId: null },
};

const queryOf = (
  route: Route,
  prefixes: string[],
  query: Record<string, string | string[]>,
): Record<string, string> => {
  const faults = Object.entries(query).flatMap(([name, value]): Fault[] => {
    const known = Object.hasOwn(route.query, name) || prefixes.some((prefix) => name.startsWith(prefix));
    if (!known)
      return [{ pointer: name.slice(0, 100), rule: 'unknownParameter', detail: 'is not a known parameter' }];
    const isOne = !Array.isArray(value) || route.query[name]?.several;
    return isOne ? [] : [{ pointer: name, rule: 'single', detail: 'may be given once only' }];
  });
  if (faults.length > 0) throw new Refusal('invalid-query', { faults });
  const several = Object.entries(query).flatMap(([name, value]) =>
    Array.isArray(value) ? [[name, value.join('\n')]] : [],
  );
  return (several.length === 0 ? query : { ...query, ...Object.fromEntries(several) }) as Record<
    string,
    string
  >;
};

const bodyOf = (
  route: Route,
  contract: Contract,
  request: Incoming,
  rawBody: Buffer,
): Pick<Call, 'contentType' | 'body'> => {
  if (!route.body) return { contentType: '', body: undefined };
  checkContentEncoding(request.headers['content-encoding']);
  const given = request.headers['content-type'] || contract.defaultMediaType;
  const essence = readContentType(given)?.essence ?? '';
  if (!Object.hasOwn(route.body, essence)) throw new Refusal('unsupported-media-type');
  const limits = route.bodyLimit === 'batch' ? batchLimits : bodyLimits;
  return { contentType: essence, body: parseJson(rawBody, limits) };
};

/** What one body may hold, another may hold inside of a list of changes. */
const batchLimits = { maxDepth: bodyLimits.maxDepth + 4, maxMembers: 1_000_000 };

/** Header bytes are read as UTF-8, which Node does not. */
const reasonOf = (values: string[]): string | null => {
  if (values.length > 1) throw invalidHeader('Customary-Reason', 'single', 'may be sent once only');
  const bytes = Buffer.from(values[0] ?? '', 'latin1');
  if (!isUtf8(bytes)) throw invalidHeader('Customary-Reason', 'utf8', 'must be UTF-8');
  const reason = bytes.toString('utf8').trim();
  if ([...reason].length > longestReason) {
    throw invalidHeader('Customary-Reason', 'maxLength', `must have at most ${longestReason} characters`);
  }
  return reason === '' ? null : reason;
};
