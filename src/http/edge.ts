import type { FastifyBaseLogger } from 'fastify';
import type { Asking, Credentials } from '../access/credentials.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Contract } from '../contracts/contract.ts';
import type { Door } from '../customer/execute.ts';
import type { ContractLimits } from './contract-limits.ts';
import type { Metrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';

/** What the HTTP edge works with. */
export interface Edge {
  contracts: readonly Contract[];
  door: Door;
  credentials: Credentials;
  sessions: Sessions;
  /** The limits of a contract's requests. */
  limitsOf(contract: Contract): ContractLimits;
  /** Limits the routes that need no key, by the address of the caller. */
  addressLimiter: RateLimiter;
  /** How storage is asked of keys and tokens from an address that were not good before. */
  strangers(address: string): Asking;
  metrics: Metrics;
  log: FastifyBaseLogger;
  limits: { changeBytes: number; batchBytes: number };
  newId(): string;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
}
