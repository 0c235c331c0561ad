import { type Database, openDatabase } from '../../src/storage/database.ts';
import type { TestService } from './service.ts';

/** A service's database as the owner of the tables opens it, who may write the history; the superuser of the test may too. */
export const openAsOwner = (service: TestService): Database =>
  openDatabase({
    connection: { connectionString: service.database.url },
    poolSize: 2,
    statementTimeoutMs: 10_000,
    prepare: false,
    role: null,
    keySource: service.app.database.keyring.source,
  });
