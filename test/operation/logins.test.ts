import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { OperatorError } from '../../src/errors.ts';
import { connectionString } from '../../src/storage/embedded/connection-string.ts';
import { startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { openConfigured } from '../../src/storage/open.ts';
import { createTenant } from '../../src/storage/tenants.ts';
import { query, settings } from '../embedded/query.ts';
import { temporaryDirectory } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { sourceKey } from '../support/source-key.ts';

const quiet = { debug() {}, info() {}, warn() {} };
const suffix = randomBytes(4).toString('hex');
const logins = ['owner', 'member', 'bound', 'stranger'] as const;
const roleOf = (login: (typeof logins)[number]) => `customary_test_${login}_${suffix}`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  for (const login of logins) {
    await database.query(`CREATE ROLE ${roleOf(login)} LOGIN NOCREATEROLE PASSWORD 'only-for-tests'`);
  }
  const [{ name } = { name: '' }] = await database.query<{ name: string }>(
    'SELECT current_database() AS name',
  );
  await database.query(`ALTER DATABASE ${name} OWNER TO ${roleOf('owner')}`);
});
afterAll(async () => {
  const names = logins.map(roleOf).join(', ');
  await database.query(`DROP OWNED BY ${names} CASCADE`);
  const [{ name } = { name: '' }] = await database.query<{ name: string }>(
    'SELECT current_database() AS name',
  );
  await database.query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
  await database.query(`DROP ROLE ${names}`);
  await database.drop();
});

const urlOf = (login: (typeof logins)[number]): string =>
  database.url.replace(/^([a-z]+:\/\/)(?:[^@/]*@)?/, `$1${roleOf(login)}:only-for-tests@`);

const open = (service: (typeof logins)[number], owner: (typeof logins)[number] = service) =>
  openConfigured(
    readConfig({ ...sourceKey, DATABASE_URL: urlOf(service), MIGRATION_DATABASE_URL: urlOf(owner) }),
    quiet,
  );

/** Makes two tenants, and looks from one at all rows without a tenant condition. */
const seenTenants = async (service: (typeof logins)[number], owner: (typeof logins)[number] = service) => {
  const opened = await open(service, owner);
  try {
    const [mine, other] = [uuidv7(), uuidv7()];
    for (const id of [mine, other]) await createTenant(opened.database, id, id);
    const rows = await opened.database.inTenant(mine, (sql) =>
      sql<{ tenantId: string; who: string }>(
        'SELECT tenant_id AS "tenantId", current_user AS who FROM tenant_state',
      ),
    );
    const none = await opened.database.inNone((sql) => sql('SELECT 1 FROM tenant_state'));
    return { others: rows.filter((row) => row.tenantId !== mine).length + none.length, who: rows[0]?.who };
  } finally {
    await opened.close();
  }
};

describe('a login that is neither superuser nor may make roles', () => {
  test('as the owner is refused until it may take on the bound role, then works in that role alone', async () => {
    const refused = open('owner');
    await expect(refused).rejects.toThrow(OperatorError);
    await expect(refused).rejects.toThrow('administrator: GRANT customary_app TO the login role.');
    await database.query(`GRANT customary_app TO ${roleOf('owner')}`);
    expect(await seenTenants('owner')).toEqual({ others: 0, who: 'customary_app' });
  });

  test('as a member of the bound role serves what another login migrated', async () => {
    await database.query(`GRANT customary_app TO ${roleOf('member')}`);
    expect(await seenTenants('member', 'owner')).toEqual({ others: 0, who: 'customary_app' });
    await expect(open('member')).rejects.toThrow(
      /permission denied.* Set MIGRATION_DATABASE_URL to the login that owns/,
    );
  });

  test('that is bound by row-level security itself and may write needs no other role', async () => {
    await database.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${roleOf('bound')}`,
    );
    expect(await seenTenants('bound', 'owner')).toEqual({ others: 0, who: roleOf('bound') });
  });

  test('that may do nothing is refused at the start, not at the first request', async () => {
    const refused = open('stranger', 'owner');
    await expect(refused).rejects.toThrow(OperatorError);
    await expect(refused).rejects.toThrow('not a member of the role customary_app');
  });

  test('to a server that can not be reached is refused with a sentence without the password', async () => {
    const url = 'postgresql://nobody:guess@127.0.0.1:1/customary';
    const refused = openConfigured(readConfig({ ...sourceKey, DATABASE_URL: url }), quiet);
    await expect(refused).rejects.toThrow(OperatorError);
    await expect(refused).rejects.not.toThrow('guess');
  });
});

test('a missing role that the login may not make is asked of the administrator, and then the migration works', async () => {
  const server = await startEmbedded({
    dataDirectory: await temporaryDirectory(),
    settings,
  });
  try {
    await query(server, 'CREATE ROLE plain LOGIN');
    await query(server, 'CREATE DATABASE plain OWNER plain');
    const url = connectionString({ ...server, user: 'plain', database: 'plain' });
    const advice = 'CREATE ROLE customary_app NOLOGIN; GRANT customary_app TO the login role.';
    await expect(migrate({ connectionString: url })).rejects.toThrow(advice);
    await query(server, 'CREATE ROLE customary_app NOLOGIN');
    await query(server, 'GRANT customary_app TO plain');
    expect(await migrate({ connectionString: url })).toContain('0001-customer-record.sql');
  } finally {
    await server.stop();
  }
});
