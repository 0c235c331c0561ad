import type { FastifyRequest } from 'fastify';
import type { Credential, Credentials } from '../access/credentials.ts';
import type { Contract, Route } from '../contracts/contract.ts';
import { Refusal } from '../errors.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server stops. */
    stop: { stopping: boolean };
  }
  interface FastifyRequest {
    /** Who calls; set before a contract's route is handled. */
    credential?: Credential;
  }
  interface FastifyContextConfig {
    /** The contract and the route that a request goes to. */
    contract?: Contract;
    route?: Route;
  }
}

/** Judges the key of a request. Throws Refusal `unauthenticated`, or `forbidden` for a key of another contract. */
export const authenticate = async (
  contract: Contract,
  request: FastifyRequest,
  credentials: Credentials,
): Promise<Credential> => {
  const secret = contract.credential((name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? undefined : value;
  });
  const credential = secret === undefined ? undefined : await credentials.check(secret);
  if (!credential) {
    const detail = secret === undefined ? 'No API key was sent' : 'The API key is not valid';
    throw new Refusal('unauthenticated', { detail, headers: { 'www-authenticate': 'Bearer' } });
  }
  if (credential.contract !== null && credential.contract !== contract.id) {
    const faults = [{ pointer: '', rule: 'contract', detail: 'the key is for another contract' }];
    throw new Refusal('forbidden', { faults });
  }
  return credential;
};
