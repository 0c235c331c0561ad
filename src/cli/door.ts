import { readConfig } from '../config.ts';
import { createDoor, type Door } from '../customer/execute.ts';
import type { Database } from '../storage/database.ts';
import { createStore } from '../storage/store.ts';

/** The door of a command, with the settings of the service. Nobody watches it. */
export const doorOf = (database: Database): Door => {
  const config = readConfig();
  const store = createStore(database, { erasureWindowDays: config.ERASURE_WINDOW_DAYS });
  return createDoor(store, { onGroup() {}, onRetry() {} }, { mostScanned: config.LIST_SCAN_LIMIT });
};
