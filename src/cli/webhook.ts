import type { Command } from 'commander';
import { deleteWebhook, readWebhooks, resumeWebhook } from '../storage/webhooks.ts';
import { canonicalUuid } from '../uuid.ts';
import type { WebhookStatus } from '../webhooks/webhook.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';
import { addWebhookCreate } from './webhook-create.ts';

/** `customary webhook create|list|resume|remove`. */
export const addWebhook = (program: Command): void => {
  const webhook = program.command('webhook').description('make, list, resume and remove webhooks');
  addWebhookCreate(webhook);
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
