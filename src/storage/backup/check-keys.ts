import pg from 'pg';
import { OperatorError } from '../../errors.ts';
import type { KeySource } from '../../privacy/key-source.ts';
import { tenantKeyOf } from '../../privacy/tenant-keys.ts';
import type { Sql } from '../sql.ts';
import { readTenantKeys } from '../tenant-keys.ts';

/**
 * Opens every tenant's keys once, so that a restore is refused where nothing personal could be read afterwards. The source
 * is asked for when there is a key at all. Throws OperatorError.
 */
export const checkKeys = async (
  sql: Sql,
  tenantIds: string[],
  openSource: () => Promise<KeySource>,
): Promise<void> => {
  let source: KeySource | undefined;
  for (const tenantId of tenantIds) {
    await sql(`SET LOCAL app.tenant = ${pg.escapeLiteral(tenantId)}`);
    for (const row of await readTenantKeys(sql, tenantId)) {
      source ??= await openSource();
      await source.unwrap(row, tenantKeyOf(tenantId, row.generation)).catch((cause) => {
        throw new OperatorError(
          'The source key that is configured does not open the keys in the backup: it is not the one of that time. Put that ' +
            'one in place (KEY_FILE, SOURCE_KEY or KEY_COMMAND), or restore with --without-keys and put it in place before ' +
            'the service starts.',
          { cause },
        );
      });
    }
  }
};
