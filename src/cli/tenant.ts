import type { Command } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { OperatorError } from '../errors.ts';
import { createTenant, listTenants } from '../storage/tenants.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary tenant create|list`. */
export const addTenant = (program: Command): void => {
  const tenant = program.command('tenant').description('make and list tenants');
  withJson(tenant.command('create'))
    .description('make a tenant')
    .argument('<name>', 'lower-case letters, digits and dashes, 1 to 63 characters')
    .action(create);
  withJson(tenant.command('list')).description('list all tenants').action(list);
};

const create = async (name: string, options: OutputOptions): Promise<void> => {
  if (!/^[a-z0-9-]{1,63}$/.test(name)) {
    throw new OperatorError('The name of a tenant has 1 to 63 lower-case letters, digits and dashes.');
  }
  const id = uuidv7();
  await withSession(({ database }) => createTenant(database, id, name), { first: true });
  print(
    options,
    { id, name },
    () =>
      `Tenant ${name} was made (${id}).\n` +
      `Make a key for it: customary key create --tenant ${name} --scopes customer:read,customer:write`,
  );
};

const list = async (options: OutputOptions): Promise<void> => {
  const rows = await withSession(({ database }) => listTenants(database));
  const tenants = rows.map(({ tenantId, name, createdAt }) => ({
    id: tenantId,
    name,
    createdAt: createdAt.toISOString(),
  }));
  print(options, { tenants }, () =>
    table(
      ['NAME', 'ID', 'CREATED'],
      tenants.map((one) => [one.name, one.id, one.createdAt]),
      'There is no tenant yet. Make one: customary tenant create <name>',
    ),
  );
};
