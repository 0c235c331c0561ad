import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import type { StoredKey } from '../access/credentials.ts';
import { readLiveKey } from '../storage/api-keys.ts';
import type { Database } from '../storage/database.ts';
import { createSessionStore } from '../storage/sessions.ts';
import { listTenants, withSecret } from '../storage/tenants.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, outline, print, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary token create`. */
export const addToken = (program: Command): void => {
  const token = program.command('token').description('make session tokens');
  withJson(token.command('create'))
    .description('make a token that stands for a live key for a while; it ends with the key')
    .requiredOption('--key <id>', 'the id that "customary key list" shows')
    .option('--tenant <name>', 'the tenant; without it the key is looked for in all tenants')
    .option('--minutes <number>', `how long it is good, at most ${mostMinutes}`, readMinutes, 60)
    .action(create);
};

interface CreateOptions extends OutputOptions {
  key: string;
  tenant?: string;
  minutes: number;
}

const create = async (options: CreateOptions): Promise<void> => {
  // Loaded only here: no other command signs anything.
  const { openSession } = await import('../access/sessions.ts');
  const made = await withSession(async ({ database }) => {
    const key = await liveKey(database, options);
    const lifetime = { tokenSeconds: options.minutes * 60 };
    const session = await openSession(createSessionStore(database), uuidv7(), key, lifetime);
    return { ...session, tenant: key.tenant.name };
  });
  const { sessionId: id, token, expiresAt, keyId, tenant } = made;
  print(options, { id, token, key: keyId, tenant, expiresAt }, (result) =>
    [outline(result), '', 'Keep the token: it is shown this once.'].join('\n'),
  );
};

const liveKey = async (database: Database, { key: keyId, tenant }: CreateOptions): Promise<StoredKey> => {
  const ids =
    tenant === undefined
      ? (await listTenants(database)).map(({ tenantId }) => tenantId)
      : [(await namedTenant(database, tenant)).id];
  for (const id of ids) {
    const key = await database.inTenant(id, (sql) => readLiveKey(sql, id, keyId));
    if (key) return { ...key, tenant: await withSecret(database, key.tenant) };
  }
  throw new CommandFailure(
    exitCodes.missing,
    'There is no live key with this id. "customary key list" shows the keys of a tenant.',
  );
};

const mostMinutes = 24 * 60;

const readMinutes = (text: string): number => {
  const minutes = Number(text);
  if (/^\d{1,4}$/.test(text) && minutes >= 1 && minutes <= mostMinutes) return minutes;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${mostMinutes}.`);
};
