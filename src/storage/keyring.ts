import { keyCache } from '../privacy/key-cache.ts';
import type { KeySource } from '../privacy/key-source.ts';
import { allKnown, type TenantKeys, UnknownGeneration } from '../privacy/tenant-keys.ts';
import { type ReadKeys, readKeys } from './read-keys.ts';
import type { Transactions } from './sql.ts';
import { readStoredKeys } from './stored-keys.ts';

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

/** Makes the keyring of a database. */
export const createKeyring = (database: Transactions, source: KeySource, sealing: boolean): Keyring => {
  const known = new Map<string, Promise<ReadKeys>>();
  const cache = keyCache();
  const read = (tenantId: string): Promise<ReadKeys> => {
    const keys = readKeys(database, source, sealing, cache, tenantId);
    known.set(tenantId, keys);
    keys.catch(() => known.delete(tenantId));
    return keys;
  };
  /** Looks now and then whether a tenant of before was sealed or confirmed since; one that is whole stays so. */
  const lookedAt = new Map<string, number>();
  const changedSince = async (tenantId: string, { mark }: ReadKeys): Promise<boolean> => {
    const now = performance.now();
    if (now - (lookedAt.get(tenantId) ?? Number.NEGATIVE_INFINITY) < lookAgainMs) return false;
    lookedAt.set(tenantId, now);
    // Where the database does not answer, the work itself says so.
    return readStoredKeys(database, tenantId).then(
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
