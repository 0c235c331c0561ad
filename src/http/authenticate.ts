import type { FastifyRequest } from 'fastify';
import type { Asking, Credential, Credentials } from '../access/credentials.ts';
import { intersection } from '../access/intersection.ts';
import type { Contract, Route } from '../contracts/contract.ts';
import type { Door } from '../customer/execute.ts';
import { Refusal } from '../errors.ts';
import { headerOf } from './asked.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server stops. */
    stop: { stopping: boolean };
  }
  interface FastifyRequest {
    /** Who calls; set before a contract's route is handled, unless the route is public. */
    credential?: Credential;
  }
  interface FastifyContextConfig {
    /** The contract and the route that a request goes to. */
    contract?: Contract;
    route?: Route;
  }
}

/** What callers are judged by. */
interface Gate {
  credentials: Credentials;
  door: Pick<Door, 'store'>;
}

/**
 * Judges who calls: one credential, or a program's and a person's together. Throws Refusal `unauthenticated` with the
 * rule `missing` or `invalid`, `forbidden` for a key of another contract, or what `ofStranger` throws.
 */
export const authenticate = async (
  contract: Contract,
  request: FastifyRequest,
  gate: Gate,
  ofStranger: Asking,
): Promise<Credential> => {
  const header = headerOf(request);
  const shown = contract.credential(header);
  if (shown === undefined) throw unauthenticated(contract, 'missing', 'No API key was sent');
  const credential = judged(contract, await gate.credentials.check(shown, ofStranger));
  const shownUser = contract.userCredential?.find(header);
  if (shownUser === undefined) return credential;
  const userHeader = contract.userCredential?.header;
  const user = judged(contract, await gate.credentials.check(shownUser, ofStranger), userHeader);
  const { tenant } = credential;
  if (user.tenant.id !== tenant.id) throw invalid(contract, userHeader);
  const isWithin = async (root: string, id: string) =>
    (await gate.door.store.readWithin(tenant, root, [id])).has(id);
  return { ...credential, principal: await intersection(credential.principal, user.principal, isWithin) };
};

const judged = (contract: Contract, credential: Credential | undefined, userHeader?: string): Credential => {
  if (!credential) throw invalid(contract, userHeader);
  if (credential.contract !== null && credential.contract !== contract.id) {
    const faults = [
      { pointer: userHeader ?? '', rule: 'contract', detail: 'the key is for another contract' },
    ];
    throw new Refusal('forbidden', { faults });
  }
  return credential;
};

const invalid = (contract: Contract, userHeader?: string): Refusal =>
  userHeader === undefined
    ? unauthenticated(contract, 'invalid', 'The API key is not valid')
    : unauthenticated(contract, 'invalid', `The token in ${userHeader} is not valid`, userHeader);

const unauthenticated = (
  contract: Contract,
  rule: 'missing' | 'invalid',
  detail: string,
  pointer = '',
): Refusal =>
  new Refusal('unauthenticated', {
    detail,
    faults: [{ pointer, rule, detail }],
    headers: { 'www-authenticate': contract.challenge },
  });
