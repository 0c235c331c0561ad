import pg from 'pg';
import { isAway, unavailable } from './database-errors.ts';

/** Where a snapshot is read, and as whom. */
interface SnapshotOptions {
  connection: pg.ClientConfig;
  role: string | null;
}

/**
 * Runs `work` on a connection of its own, in one transaction that sees this tenant as it is at one moment and changes
 * nothing, for whole tables as streams. It takes as long as it takes.
 */
export const readSnapshot = async <T>(
  { connection, role }: SnapshotOptions,
  tenantId: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ ...connection, application_name: 'customary snapshot' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(
      [
        'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
        ...(role ? [`SET LOCAL ROLE ${pg.escapeIdentifier(role)}`] : []),
        `SET LOCAL app.tenant = ${pg.escapeLiteral(tenantId)}`,
        'SET LOCAL statement_timeout = 0',
      ].join('; '),
    );
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    throw isAway(error) ? unavailable(error) : error;
  } finally {
    await client.end().catch(() => {});
  }
};
