import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { isScope, type Scope } from '../access/scopes.ts';
import { readConfig } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { deleteWebhook, insertWebhook, readWebhooks, resumeWebhook } from '../storage/webhooks.ts';
import { canonicalUuid } from '../uuid.ts';
import { webhookSecret } from '../webhooks/signature.ts';
import { readTarget } from '../webhooks/target.ts';
import type { WebhookStatus } from '../webhooks/webhook.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, outline, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary webhook create|list|resume|remove`. */
export const addWebhook = (program: Command): void => {
  const webhook = program.command('webhook').description('make, list, resume and remove webhooks');
  withJson(webhook.command('create'))
    .description('tell a URL of changes from now on; the secret that signs is shown this once')
    .requiredOption('--tenant <name>', 'the tenant')
    .requiredOption('--contract <name>', 'in whose words the changes are told')
    .requiredOption('--url <url>', 'where to; https')
    .option('--events <list>', 'event types, separated by commas; by default all of the contract', readList)
    .option('--scopes <list>', `what it may see: ${seeingScopes.join(', ')}`, readScopes, [
      'customer:read',
    ] satisfies Scope[])
    .action(create);
  withJson(webhook.command('list'))
    .description('list the webhooks of a tenant, and how they do')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(list);
  withJson(webhook.command('resume'))
    .description('let a dead webhook begin again: it is told of changes from now on, with the secret it had')
    .argument('<webhookId>', 'the id that "customary webhook list" shows')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(resume);
  withJson(webhook.command('remove'))
    .description('end a webhook; what it was not told yet it is never told')
    .argument('<webhookId>', 'the id that "customary webhook list" shows')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(remove);
};

interface TenantOptions extends OutputOptions {
  tenant: string;
}

interface CreateOptions extends TenantOptions {
  contract: string;
  url: string;
  events?: string[];
  scopes: Scope[];
}

const create = async ({ contract, events, scopes, ...options }: CreateOptions): Promise<void> => {
  const url = readTarget(options.url, readConfig().WEBHOOK_ADDRESSES);
  const webhook = {
    webhookId: uuidv7(),
    contract,
    url,
    events: await eventsOf(contract, events),
    scopes,
  };
  const { webhookId: id, ...rest } = webhook;
  const secret = await withSession(async ({ database }) => {
    const tenant = await namedTenant(database, options.tenant);
    await database.inTenant(tenant.id, (sql) => insertWebhook(sql, tenant.id, webhook));
    return webhookSecret(tenant.secret, id);
  });
  print(options, { id, secret, tenant: options.tenant, ...rest }, (result) =>
    [outline(result), '', 'Keep the secret: it is shown this once.'].join('\n'),
  );
};

const list = async (options: TenantOptions): Promise<void> => {
  const rows = await withSession(async ({ database }) => {
    const { id } = await namedTenant(database, options.tenant);
    return database.readInTenant(id, (sql) => readWebhooks(sql, id));
  });
  const webhooks = rows.map(({ webhookId, ...row }) => ({ id: webhookId, state: stateOf(row), ...row }));
  print(options, { webhooks }, () =>
    table(
      ['ID', 'STATE', 'CONTRACT', 'URL', 'EVENTS', 'WAITING', 'GIVEN UP', 'FAILING SINCE', 'LAST FAILURE'],
      webhooks.map((one) => [
        one.id,
        one.state,
        one.contract,
        one.url,
        one.events.join(','),
        one.waiting,
        one.givenUp,
        one.failingSince,
        one.lastFailure,
      ]),
      `The tenant ${options.tenant} has no webhook yet.`,
    ),
  );
};

const stateOf = ({ endedAt, failingSince }: Omit<WebhookStatus, 'webhookId'>): 'live' | 'failing' | 'dead' =>
  endedAt ? 'dead' : failingSince ? 'failing' : 'live';

const remove = async (webhookId: string, options: TenantOptions): Promise<void> => {
  const removed = await withSession(async ({ database }) => {
    const { id } = await namedTenant(database, options.tenant);
    const named = canonicalUuid(webhookId);
    return named !== undefined && database.inTenant(id, (sql) => deleteWebhook(sql, id, named));
  });
  if (!removed) throw noSuch('There is no webhook with this id.', options);
  print(options, { id: webhookId, removed: true }, () => `The webhook ${webhookId} is removed.`);
};

const resume = async (webhookId: string, options: TenantOptions): Promise<void> => {
  const resumed = await withSession(async ({ database }) => {
    const { id } = await namedTenant(database, options.tenant);
    const named = canonicalUuid(webhookId);
    return named !== undefined && database.inTenant(id, (sql) => resumeWebhook(sql, id, named));
  });
  if (!resumed) throw noSuch('There is no dead webhook with this id.', options);
  print(
    options,
    { id: webhookId, resumed: true },
    () => `The webhook ${webhookId} is told of changes again.`,
  );
};

const noSuch = (said: string, { tenant }: TenantOptions): CommandFailure =>
  new CommandFailure(
    exitCodes.missing,
    `${said} "customary webhook list --tenant ${tenant}" shows the webhooks.`,
  );

/** The events that are told: those asked for, or all that the contract has. Throws OperatorError. */
const eventsOf = async (name: string, asked: string[] | undefined): Promise<string[]> => {
  const { contracts } = await import('../contracts/all.ts');
  const able = contracts.filter(({ webhooks }) => webhooks !== undefined);
  const known: readonly string[] | undefined = able.find(({ id }) => id === name)?.webhooks?.events;
  if (!known) {
    const names = able.map(({ id }) => id).join(', ');
    throw new OperatorError(`There is no contract of this name with webhooks. Those are: ${names}.`);
  }
  const unknown = (asked ?? []).filter((event) => !known.includes(event));
  if (unknown.length === 0) return [...(asked ?? known)];
  throw new OperatorError(
    `The contract has no event ${unknown.join(', ')}. Its events are: ${known.join(', ')}.`,
  );
};

const readList = (text: string): string[] => {
  const names = [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
  if (names.length > 0) return names;
  throw new InvalidArgumentError('Name at least one.');
};

/** The scopes that say how much of a customer is seen. */
const seeingScopes: readonly Scope[] = ['customer:read', 'personal:read', 'privacy:manage'];

const readScopes = (text: string): Scope[] => {
  const names = readList(text);
  if (names.every((name) => isScope(name) && seeingScopes.includes(name))) return names as Scope[];
  throw new InvalidArgumentError(`The scopes are: ${seeingScopes.join(', ')}.`);
};
