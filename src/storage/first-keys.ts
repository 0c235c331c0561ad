import type { KeyObject } from 'node:crypto';
import { newDataKey } from '../privacy/data-key.ts';
import type { KeySource } from '../privacy/key-source.ts';
import { type OwnSecret, tenantKeyOf, tenantKeys } from '../privacy/tenant-keys.ts';
import { lookupSecret, wholeLookup } from '../privacy/whole-tenant.ts';
import type { TenantSecretRow } from './tenant-secrets.ts';

/** Makes a tenant's first generation and its secrets, with the row that wraps each. */
export const firstKeys = async (
  source: KeySource,
  tenantId: string,
  whole: boolean,
  secret: KeyObject = newDataKey(),
) => {
  const key = newDataKey();
  const generation = 1;
  const wrapped = await source.wrap(key, tenantKeyOf(tenantId, generation));
  const own = new Map(ownSecrets.map((purpose) => [purpose, newDataKey()]));
  const keys = tenantKeys({
    tenantId,
    generations: new Map([[generation, key]]),
    current: generation,
    secret: secret.export(),
    ownSecrets: own,
    whole,
    sealedOnly: false,
    sealing: true,
  });
  const row = (purpose: string, value: KeyObject, as = purpose): TenantSecretRow => ({
    purpose,
    generation,
    wrapped: keys.wrapSecret(as, value),
  });
  return {
    keys,
    key: { generation, ...wrapped },
    secrets: [
      row(lookupSecret, secret, whole ? wholeLookup : lookupSecret),
      ...[...own].map(([purpose, value]) => row(purpose, value)),
    ],
  };
};

/** The other secrets of a tenant. One that a tenant of before never had is made when its keys are read. */
export const ownSecrets: readonly OwnSecret[] = ['chain', 'signing'];
