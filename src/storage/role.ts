import pg from 'pg';
import { OperatorError } from '../errors.ts';
import { applicationRole } from './migrate.ts';

/**
 * The role that each transaction has to take on: none when the login is bound by row-level security itself and may
 * write, else the application role. Throws OperatorError when the login may do neither, so that the second lock is
 * never open.
 */
export const roleToAssume = async (connection: pg.ClientConfig): Promise<string | null> => {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ application: boolean; bound: boolean; member: boolean }>(
      `SELECT r.rolname = $1 AS application, NOT (r.rolsuper OR r.rolbypassrls OR EXISTS (
                SELECT 1 FROM pg_class c WHERE c.relname = 'customer' AND c.relowner = r.oid))
              AND has_table_privilege(r.oid, 'customer', 'UPDATE') AS bound,
              pg_has_role(r.oid, $1, 'MEMBER') AS member
       FROM pg_roles r WHERE r.rolname = current_user`,
      [applicationRole],
    );
    const login = rows[0];
    if (login?.application) return null;
    if (login?.member) return applicationRole;
    if (login?.bound) return null;
    throw new OperatorError(
      `The database login is not a member of the role ${applicationRole}, in which row-level security binds the service. ` +
        `Run this once as an administrator: GRANT ${applicationRole} TO the login role.`,
    );
  } finally {
    await client.end();
  }
};
