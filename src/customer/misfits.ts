import { type HashedEntry, isEntryHash } from './history-chain.ts';

/** An entry that does not fit its place in the chain. */
export interface Misfit {
  entry: HashedEntry;
  hash: Buffer;
  previous: Buffer;
}

/** Enough to tell what was swapped with what; a history that was rewritten as a whole is not worth the memory. */
export const mostMisfits = 8;

/** Whether an entry fits in the place of another one of these, or that one in its place. */
export const isSwapped = (tenantId: string, misfit: Misfit, all: readonly Misfit[]): boolean =>
  all.some(
    (other) => other !== misfit && (fitsAt(tenantId, misfit, other) || fitsAt(tenantId, other, misfit)),
  );

const fitsAt = (tenantId: string, one: Misfit, place: Misfit): boolean => {
  const moved = { ...one.entry, version: place.entry.version };
  return [place.hash, one.hash].some((hash) => isEntryHash(tenantId, moved, place.previous, hash));
};
