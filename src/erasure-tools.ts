import { v7 as uuidv7 } from 'uuid';
import type { Config } from './config.ts';
import type { Door } from './customer/execute.ts';
import { leaveErasedParent } from './customer/leave-erased-parent.ts';
import type { ErasureTools } from './jobs/carry-out-erasure.ts';
import { appendToLedger } from './privacy/erasure-ledger.ts';
import type { Database } from './storage/database.ts';
import { createErasureWork } from './storage/erasure-work.ts';
import { erasureLedgerOf } from './storage/open-key-source.ts';
import { signingKeyOf } from './storage/signing-keys.ts';

/** What carries out erasures on a database, for the service and for the command line. */
export const erasureTools = (database: Database, config: Config, door: Door): ErasureTools => ({
  work: createErasureWork(database),
  sign: async (tenantId, payload, type) => (await signingKeyOf(database, tenantId)).sign(payload, type),
  enter: (entry) => appendToLedger(erasureLedgerOf(config), entry),
  freeSubCustomer: (tenant, customerId) => leaveErasedParent(door, tenant, customerId, uuidv7),
  newId: uuidv7,
});
