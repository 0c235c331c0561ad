import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { addKeyToFile, keepFirstKey, readKeyFile } from '../privacy/key-file.ts';
import { chainOld } from '../storage/chain-old.ts';
import { confirmWhole } from '../storage/confirm-whole.ts';
import { countDataKeys } from '../storage/data-keys.ts';
import type { Database } from '../storage/database.ts';
import { keyFileOf } from '../storage/open-key-source.ts';
import { rewrapTenantKeys, rotateTenantKey } from '../storage/rotate-keys.ts';
import { sealOld } from '../storage/seal-old.ts';
import { readTenantKeys } from '../storage/tenant-keys.ts';
import { listTenants } from '../storage/tenants.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary keys list|rotate|rotate-source|seal`: the keys under which personal values are sealed. */
export const addKeys = (program: Command): void => {
  const keys = program.command('keys').description('the keys under which personal values are sealed');
  withJson(keys.command('list'))
    .description('list the generations of the tenants’ keys, never a key itself')
    .option('--tenant <name>', 'this tenant alone')
    .action(list);
  withJson(keys.command('rotate'))
    .description(
      'give a tenant a new key, while the service serves; called again it finishes what was cut off',
    )
    .requiredOption('--tenant <name>', 'the tenant')
    .action(rotate);
  withJson(keys.command('rotate-source'))
    .description(
      'wrap all tenants’ keys with a new source key; the key file gets one, SOURCE_KEY names it first',
    )
    .option('--drop-old', 'take the older keys out of the key file, once nothing is wrapped by them')
    .action(rotateSource);
  withJson(keys.command('seal'))
    .description('seal what was stored before there were keys, and chain what was before there were chains')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(seal);
};

interface TenantOptions extends OutputOptions {
  tenant: string;
}

const list = async (options: Partial<TenantOptions>): Promise<void> => {
  const keys = await withSession(async ({ database }) => {
    if (options.tenant !== undefined) await namedTenant(database, options.tenant);
    const tenants = (await listTenants(database)).filter(
      ({ name }) => options.tenant === undefined || name === options.tenant,
    );
    return (await Promise.all(tenants.map(({ tenantId, name }) => keysOf(database, tenantId, name)))).flat();
  });
  print(options, { keys }, () =>
    table(
      ['TENANT', 'GENERATION', 'STATE', 'SOURCE', 'CUSTOMERS', 'CREATED'],
      keys.map((key) => [
        key.tenant,
        String(key.generation),
        key.state,
        key.source,
        String(key.customers),
        key.createdAt.toISOString(),
      ]),
      'There is no key yet.',
    ),
  );
};

const keysOf = (database: Database, tenantId: string, tenant: string) =>
  database.inTenant(tenantId, async (sql) => {
    const [rows, counts] = await Promise.all([readTenantKeys(sql, tenantId), countDataKeys(sql, tenantId)]);
    return rows.map(({ generation, source, createdAt, retiredAt }) => ({
      tenant,
      generation,
      state: retiredAt === null ? 'current' : 'retired',
      source,
      customers: counts.find((one) => one.generation === generation)?.count ?? 0,
      createdAt,
    }));
  });

const rotate = async (options: TenantOptions): Promise<void> => {
  const rotation = await withSession(async ({ database }) =>
    rotateTenantKey(database, (await namedTenant(database, options.tenant)).id),
  );
  print(options, { tenant: options.tenant, ...rotation }, ({ generation, resumed, rewrapped }) =>
    [
      `${resumed ? 'The rotation that was cut off is finished' : 'The tenant has a new key'}:`,
      `generation ${generation} wraps, ${rewrapped} customers’ keys were wrapped anew.`,
    ].join(' '),
  );
};

const rotateSource = async (options: OutputOptions & { dropOld?: boolean }): Promise<void> => {
  const config = readConfig();
  const path = keyFileOf(config);
  const file = config.KEY_COMMAND === null && config.SOURCE_KEY === null ? path : null;
  const result = await withSession(async ({ database }) => {
    const keys = file === null ? 0 : ((await readKeyFile(file))?.length ?? 0);
    if (options.dropOld && file === null) throw new OperatorError('Only a key file has older keys to drop.');
    // More than one key is a rotation whose older keys are not dropped yet: it is finished, and none is begun.
    if (file !== null && keys === 1 && !options.dropOld) await addKeyToFile(file);
    const rewrapped = await rewrapAll(database);
    // Older keys go only when a second look found nothing that they still wrap.
    if (options.dropOld && file !== null) {
      while ((await rewrapAll(database)) > 0);
      await keepFirstKey(file);
    }
    return { rewrapped, keyFile: file, dropped: options.dropOld === true };
  });
  print(options, result, ({ rewrapped, dropped }) =>
    [
      `${rewrapped} tenants’ keys were wrapped anew.`,
      ...(dropped ? ['The older source keys are gone from the key file.'] : []),
      ...(file !== null && !dropped
        ? [`Back up ${file}, then drop the older keys: customary keys rotate-source --drop-old`]
        : []),
    ].join('\n'),
  );
};

const rewrapAll = async (database: Database): Promise<number> => {
  let rewrapped = 0;
  for (const { tenantId } of await listTenants(database)) {
    rewrapped += await rewrapTenantKeys(database, tenantId);
  }
  return rewrapped;
};

const seal = async (options: TenantOptions): Promise<void> => {
  const done = await withSession(
    async ({ database }) => {
      const { id } = await namedTenant(database, options.tenant);
      const [sealed, chained] = [await sealOld(database, id), await chainOld(database, id)];
      return { sealed, chained, confirmed: await confirmWhole(database, id) };
    },
    { asOwner: true },
  );
  print(options, { tenant: options.tenant, ...done }, ({ sealed, chained, confirmed }) =>
    [
      `${sealed} customers were sealed, and the histories of ${chained} were chained.`,
      ...(confirmed ? ['All of it verifies, and the tenant’s keys say from now on that it is whole.'] : []),
    ].join('\n'),
  );
};
