import { createSecretKey, type KeyObject } from 'node:crypto';
import { OperatorError } from '../errors.ts';
import { newDataKey } from '../privacy/data-key.ts';
import { type KeyCache, keyCache } from '../privacy/key-cache.ts';
import type { KeySource } from '../privacy/key-source.ts';
import {
  allKnown,
  type OwnSecret,
  type TenantKeys,
  tenantKeyOf,
  tenantKeys,
  UnknownGeneration,
} from '../privacy/tenant-keys.ts';
import { lookupSecret, wholeLookup, wrappedAs } from '../privacy/whole-tenant.ts';
import type { Database, Sql } from './database.ts';
import { insertTenantKey, readTenantKeys, type TenantKeyRow } from './tenant-keys.ts';
import { insertTenantSecret, readTenantSecrets, type TenantSecretRow } from './tenant-secrets.ts';

/** The tenants' keys, as this process has read them so far. */
export interface Keyring {
  source: KeySource;
  /** False where a benchmark switched sealing off. */
  sealing: boolean;
  /**
   * Runs `work` with the keys of a tenant; again with newly read ones when it met a generation that was not known, so
   * it must be safe to repeat. Throws OperatorError when the source does not open them, or one is gone.
   */
  with<T>(tenantId: string, work: (keys: TenantKeys) => Promise<T>): Promise<T>;
  /** Lets go of what was read; the next use reads it again. */
  forget(tenantId: string): void;
}

/** What the keyring needs of a database. */
type Transactions = Pick<Database, 'inTenant' | 'readInTenant'>;

/** Makes the keyring of a database. */
export const createKeyring = (database: Transactions, source: KeySource, sealing: boolean): Keyring => {
  const known = new Map<string, Promise<Read>>();
  const cache = keyCache();
  const read = (tenantId: string): Promise<Read> => {
    const keys = readKeys(database, source, sealing, cache, tenantId);
    known.set(tenantId, keys);
    keys.catch(() => known.delete(tenantId));
    return keys;
  };
  /** Looks now and then whether a tenant of before was sealed or confirmed since; one that is whole stays so. */
  const lookedAt = new Map<string, number>();
  const changedSince = async (tenantId: string, { mark }: Read): Promise<boolean> => {
    const now = performance.now();
    if (now - (lookedAt.get(tenantId) ?? Number.NEGATIVE_INFINITY) < lookAgainMs) return false;
    lookedAt.set(tenantId, now);
    // Where the database does not answer, the work itself says so.
    return readStored(database, tenantId).then(
      (stored) => stored?.mark !== mark,
      () => false,
    );
  };
  return {
    source,
    sealing,
    async with(tenantId, work) {
      let held = await (known.get(tenantId) ?? read(tenantId));
      if (!held.keys.whole && sealing && (await changedSince(tenantId, held))) held = await read(tenantId);
      try {
        return await work(held.keys);
      } catch (error) {
        if (!(error instanceof UnknownGeneration)) throw error;
        return await work(allKnown((await read(tenantId)).keys));
      }
    },
    forget: (tenantId) => void known.delete(tenantId),
  };
};

const lookAgainMs = 500;

/** A tenant's keys, and by what it is seen that its row or its secret says something else since. */
interface Read {
  keys: TenantKeys;
  mark: string;
}

/** The other secrets of a tenant. One that a tenant of before never had is made when its keys are read. */
const ownSecrets: readonly OwnSecret[] = ['chain', 'signing'];

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

const readKeys = async (
  database: Transactions,
  source: KeySource,
  sealing: boolean,
  cache: KeyCache,
  tenantId: string,
): Promise<Read> => {
  const stored = (await readStored(database, tenantId)) ?? (await firstOfOld(database, source, tenantId));
  const generations = new Map<number, KeyObject>();
  for (const row of stored.keys) {
    generations.set(row.generation, await source.unwrap(row, tenantKeyOf(tenantId, row.generation)));
  }
  const current = stored.keys.find((row) => row.retiredAt === null)?.generation;
  if (current === undefined) throw new Error('A tenant has no key that is not retired');
  const parts = { tenantId, generations, current, sealedOnly: stored.sealedOnly, sealing };
  const opening = tenantKeys({ ...parts, whole: false, secret: Buffer.alloc(0) });
  const lookup = stored.secrets.get(lookupSecret) as Buffer;
  const as = wrappedAs(opening, lookupSecret, lookup);
  const whole = as === wholeLookup;
  const own = new Map<OwnSecret, KeyObject>();
  for (const purpose of ownSecrets) {
    const wrapped = stored.secrets.get(purpose);
    if (wrapped) own.set(purpose, opening.unwrapSecret(purpose, wrapped));
  }
  if (own.size < ownSecrets.length) {
    const missing = ownSecrets.filter((purpose) => !own.has(purpose));
    if (whole) throw new OperatorError(`${secretsGone} (tenant_secret: ${missing.join(', ')}).`);
    await makeSecrets(database, tenantId, opening, missing);
    // Read again: another process may have made one first, or retired the generation.
    return readKeys(database, source, sealing, cache, tenantId);
  }
  const secret = opening.unwrapSecret(as, lookup).export();
  return { keys: tenantKeys({ ...parts, whole, secret, ownSecrets: own }, cache), mark: stored.mark };
};

const secretsGone =
  'Somebody removed secrets of a tenant from the database; put their rows back from a backup';

const makeSecrets = (
  database: Transactions,
  tenantId: string,
  keys: TenantKeys,
  purposes: OwnSecret[],
): Promise<void> =>
  database.inTenant(tenantId, async (sql) => {
    for (const purpose of purposes) {
      const wrapped = keys.wrapSecret(purpose, newDataKey());
      await insertTenantSecret(sql, tenantId, { purpose, generation: keys.generation, wrapped });
    }
  });

interface Stored {
  keys: TenantKeyRow[];
  secrets: Map<string, Buffer>;
  sealedOnly: boolean;
  mark: string;
}

const readStored = (database: Transactions, tenantId: string): Promise<Stored | undefined> =>
  database.readInTenant(tenantId, async (sql) => {
    const [keys, secrets, sealedOnly] = await Promise.all([
      readTenantKeys(sql, tenantId),
      readTenantSecrets(sql, tenantId),
      readSealedOnly(sql, tenantId),
    ]);
    const wrapped = new Map(secrets.map((one) => [one.purpose, one.wrapped]));
    const lookup = wrapped.get(lookupSecret);
    if (keys.length === 0 || !lookup) return undefined;
    return { keys, secrets: wrapped, sealedOnly, mark: `${sealedOnly} ${lookup.toString('base64')}` };
  });

const readSealedOnly = async (sql: Sql, tenantId: string): Promise<boolean> => {
  const rows = await sql('SELECT 1 FROM tenant_state WHERE tenant_id = $1 AND sealed_only', [tenantId]);
  return rows.length === 1;
};

/** A tenant of before there were keys gets its first ones; its secret stays the same, and lies plain no longer. */
const firstOfOld = async (database: Transactions, source: KeySource, tenantId: string): Promise<Stored> => {
  const plain = await database.inTenant(tenantId, (sql) => readPlainSecret(sql, tenantId));
  if (plain) {
    const first = await firstKeys(source, tenantId, false, createSecretKey(plain));
    await database.inTenant(tenantId, async (sql) => {
      // Who has keys is no tenant of before: somebody else put a secret there that he knows.
      if ((await readTenantKeys(sql, tenantId)).length > 0) return;
      if (!(await insertTenantKey(sql, tenantId, first.key))) return;
      for (const secret of first.secrets) await insertTenantSecret(sql, tenantId, secret);
      await sql(`UPDATE tenant_state SET secret = '' WHERE tenant_id = $1`, [tenantId]);
    });
  }
  const stored = await readStored(database, tenantId);
  if (!stored) throw new Error('There is no such tenant');
  return stored;
};

const readPlainSecret = async (sql: Sql, tenantId: string): Promise<Buffer | undefined> => {
  const [row] = await sql<{ secret: Buffer }>('SELECT secret FROM tenant_state WHERE tenant_id = $1', [
    tenantId,
  ]);
  return row && row.secret.length > 0 ? row.secret : undefined;
};
