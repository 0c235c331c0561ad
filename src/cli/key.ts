import { type Command, InvalidArgumentError } from 'commander';
import { createApiKey } from '../access/api-key.ts';
import type { Tenant } from '../access/principal.ts';
import { isScope, type Scope, scopeMeanings, scopes } from '../access/scopes.ts';
import { OperatorError } from '../errors.ts';
import { instantOf } from '../schema/formats.ts';
import { insertKey, type KeyRow, readKeys, revokeKey } from '../storage/api-keys.ts';
import type { Database } from '../storage/database.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, outline, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary key create|list|revoke`. */
export const addKey = (program: Command): void => {
  const key = program.command('key').description('make, list and revoke API keys');
  withJson(key.command('create'))
    .description('make an API key; its secret is shown this once')
    .requiredOption('--tenant <name>', 'the tenant')
    .requiredOption('--scopes <list>', 'what the key may do, separated by commas', readScopes)
    .option('--customer <id>', 'sees only this customer and its descendants')
    .option('--contract <name>', 'works for this contract only')
    .option('--name <text>', 'who calls, as the history tells it; by default the id of the key', readName)
    .option('--expires <date>', 'ends at this date (UTC) or date-time with a time zone', readExpiry)
    .addHelpText('after', `\nScopes:\n${scopeList()}`)
    .action(create);
  withJson(key.command('list'))
    .description('list the keys of a tenant, without their secrets')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(list);
  withJson(key.command('revoke'))
    .description('end a key; running services refuse it within a second')
    .argument('<keyId>', 'the id that "customary key list" shows')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(revoke);
};

interface TenantOptions extends OutputOptions {
  tenant: string;
}

interface CreateOptions extends TenantOptions {
  scopes: Scope[];
  customer?: string;
  contract?: string;
  name?: string;
  expires?: Date;
}

const create = async (options: CreateOptions): Promise<void> => {
  if (options.contract !== undefined) await checkContract(options.contract);
  const made = await withSession(async ({ database }) => {
    const tenant = await namedTenant(database, options.tenant);
    const customerId = options.customer?.toLowerCase() ?? null;
    if (customerId !== null) await checkCustomer(database, tenant, customerId);
    const key = createApiKey(tenant.id);
    const row = {
      ...key,
      name: options.name ?? key.keyId,
      scopes: options.scopes,
      contract: options.contract ?? null,
      customerId,
      expiresAt: options.expires ?? null,
    };
    await database.inTenant(tenant.id, (sql) => insertKey(sql, tenant.id, row));
    return row;
  });
  const { keyId, secret, hash: _hash, ...rest } = made;
  print(options, { id: keyId, secret, tenant: options.tenant, ...rest }, (result) =>
    [outline(result), '', 'Keep the secret: it is shown this once.'].join('\n'),
  );
};

const list = async (options: TenantOptions): Promise<void> => {
  const rows = await withSession(async ({ database }) => {
    const { id } = await namedTenant(database, options.tenant);
    return database.inTenant(id, (sql) => readKeys(sql, id));
  });
  const keys = rows.map(({ keyId, ...row }) => ({ id: keyId, state: stateOf(row), ...row }));
  print(options, { keys }, () =>
    table(
      ['ID', 'STATE', 'NAME', 'SCOPES', 'CONTRACT', 'CUSTOMER', 'EXPIRES'],
      keys.map((key) => [
        key.id,
        key.state,
        key.name,
        key.scopes.join(','),
        key.contract,
        key.customerId,
        key.expiresAt?.toISOString(),
      ]),
      `The tenant ${options.tenant} has no key yet.`,
    ),
  );
};

const stateOf = ({ revokedAt, expiresAt }: Omit<KeyRow, 'keyId'>): 'live' | 'revoked' | 'expired' => {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt.getTime() <= Date.now() ? 'expired' : 'live';
};

const revoke = async (keyId: string, options: TenantOptions): Promise<void> => {
  const revoked = await withSession(async ({ database }) => {
    const { id } = await namedTenant(database, options.tenant);
    return database.inTenant(id, (sql) => revokeKey(sql, id, keyId));
  });
  if (!revoked) {
    throw new CommandFailure(
      exitCodes.missing,
      `There is no live key with this id. "customary key list --tenant ${options.tenant}" shows the keys.`,
    );
  }
  print(options, { id: keyId, revoked: true }, () => `The key ${keyId} is revoked.`);
};

const scopeList = (): string =>
  scopes.map((scope) => `  ${scope.padEnd(16)}  ${scopeMeanings[scope]}`).join('\n');

const readScopes = (text: string): Scope[] => {
  const names = [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
  const unknown = names.filter((name) => !isScope(name));
  if (names.length > 0 && unknown.length === 0) return names as Scope[];
  const said = unknown.length > 0 ? `There is no scope ${unknown.join(', ')}.` : 'Name at least one scope.';
  throw new InvalidArgumentError(`${said} The scopes are:\n${scopeList()}`);
};

// What judges these two is loaded only where it is needed: most commands do without it.

const checkContract = async (name: string): Promise<void> => {
  const { contracts } = await import('../contracts/all.ts');
  if (contracts.some(({ id }) => id === name)) return;
  const known = contracts.map(({ id }) => id).join(', ');
  throw new OperatorError(`There is no contract of this name. The contracts are: ${known}.`);
};

const checkCustomer = async (database: Database, tenant: Tenant, id: string): Promise<void> => {
  const { callCustomer } = await import('./customer-call.ts');
  await callCustomer(database, tenant, 'getCustomer', { params: { id } });
};

const readName = (text: string): string => {
  if (/^[^\p{Cc}]{1,200}$/u.test(text.trim())) return text.trim();
  throw new InvalidArgumentError('A name has 1 to 200 characters on one line.');
};

const readExpiry = (text: string): Date => {
  const date = instantOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!date)
    throw new InvalidArgumentError('Write a day that there is, like 2030-12-31 or 2030-12-31T18:00:00Z.');
  if (date.getTime() <= Date.now()) throw new InvalidArgumentError('It is over already.');
  return date;
};
