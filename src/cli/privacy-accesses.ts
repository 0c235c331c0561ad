import type { Command } from 'commander';
import type { JsonObject } from '../schema/json.ts';
import { callForCustomer, callInSession } from './customer-session.ts';
import { cell, type OutputOptions, print, table, withJson } from './output.ts';

/** `customary privacy accesses`: the access log. */
export const addPrivacyAccesses = (privacy: Command): void => {
  withJson(privacy.command('accesses'))
    .description('who was shown or changed personal members of customers at protection level 3 and 4')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--customer <id>', 'only of this customer, by id or number')
    .option('--principal <name>', 'only by this key or session')
    .option('--since <when>', 'only at or after this instant, a date-time with its time zone')
    .option('--until <when>', 'only before this instant')
    .option('--limit <count>', 'most entries a page, up to 500')
    .option('--page-token <token>', 'the page after the one that gave this token')
    .action(accesses);
};

interface AccessesOptions extends OutputOptions {
  tenant: string;
  customer?: string;
  principal?: string;
  since?: string;
  until?: string;
  limit?: string;
  pageToken?: string;
}

const accesses = async (options: AccessesOptions): Promise<void> => {
  const { tenant, customer, principal, since, until, limit, pageToken } = options;
  const query = { principal, since, until, limit, pageToken };
  const page =
    customer === undefined
      ? await callInSession(tenant, 'listAccesses', { query })
      : await callForCustomer({ tenant, customer }, 'listAccessesOfCustomer', { query });
  print(options, page, ({ accesses, nextPageToken }) => {
    const text = table(
      ['WHEN', 'WHO', 'KIND', 'CONTRACT', 'OPERATION', 'CUSTOMER', 'VERSION', 'MEMBERS', 'REASON'],
      (accesses as JsonObject[]).map((one) => [
        one['occurredAt'],
        one['principal'],
        one['kind'],
        one['contract'],
        one['operation'],
        one['customerId'],
        one['version'],
        (one['fields'] as string[]).join(', '),
        one['reason'],
      ]),
      'There was no access.',
    );
    return nextPageToken === undefined ? text : `${text}\n\nMore: --page-token ${cell(nextPageToken)}`;
  });
};
