import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { isScope, type Scope } from '../access/scopes.ts';
import { readConfig } from '../config.ts';
import { OperatorError } from '../errors.ts';
import { insertWebhook } from '../storage/webhooks.ts';
import { webhookSecret } from '../webhooks/signature.ts';
import { readTarget } from '../webhooks/target.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, outline, print, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary webhook create`. */
export const addWebhookCreate = (webhook: Command): void => {
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
};

interface CreateOptions extends OutputOptions {
  tenant: string;
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
