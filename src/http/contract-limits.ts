import type { Credential } from '../access/credentials.ts';
import type { Contract, ContractRatePolicy } from '../contracts/contract.ts';
import type { CountedWindows } from './counted-windows.ts';
import { bucketMeter, limiterOf, type Meter, type RateDecision, type RatePolicy } from './rate-limit.ts';

/** The limits of a contract's requests: those of every contract, and its own. */
export interface ContractLimits {
  take(credential: Credential): RateDecision;
}

/** The limits as they are configured, and the clock in milliseconds. */
interface LimitsOptions {
  /** The limits of every contract together. */
  perKey: RatePolicy;
  perTenant: RatePolicy;
  /** The value of a setting; throws when there is none of the name. */
  quotaOf(setting: string): number;
  windows: CountedWindows;
  now(): number;
}

/** Makes the limits of each contract. Windows of an hour and longer are counted for all processes together. */
export const createContractLimits = (options: LimitsOptions): ((contract: Contract) => ContractLimits) => {
  const shared = [bucketMeter(options.perKey), bucketMeter(options.perTenant)];
  return ({ id, ratePolicies = [] }) => {
    const meters = ratePolicies.map((policy): Meter => {
      const { name, windowSeconds } = policy;
      const rate = { name, windowSeconds, quota: options.quotaOf(policy.quota) };
      return windowSeconds >= longWindowSeconds
        ? options.windows.meter(`${id}.${name}`, rate)
        : bucketMeter(rate);
    });
    const limiter = limiterOf([...shared, ...meters], options.now);
    return {
      take(credential) {
        const { keyId, tenant } = credential;
        const key = `${tenant.id} ${keyId}`;
        if (ratePolicies.length === 0) return limiter.take(key, tenant.id);
        const own = ratePolicies.map((policy) => partitionOf(policy, credential, key));
        return limiter.take(key, tenant.id, ...own);
      },
    };
  };
};

const longWindowSeconds = 3600;

const partitionOf = (policy: ContractRatePolicy, credential: Credential, key: string): string | null => {
  if (policy.boundKeysOnly && credential.principal.customerId === null) return null;
  return policy.per === 'key' ? key : credential.tenant.id;
};
