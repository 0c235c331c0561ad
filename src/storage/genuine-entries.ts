import type { HistoryRow } from '../customer/stored-rows.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';

/** Entries of which none is forged; throws an Error. */
export const genuineEntries = (keys: TenantKeys, rows: HistoryRow[]): HistoryRow[] => {
  if (rows.some(({ sealed, snapshot }) => keys.isForged(sealed) || (snapshot && keys.isForged(snapshot)))) {
    throw new Error('A history entry lies plain where all is sealed');
  }
  return rows;
};
