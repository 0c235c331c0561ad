import { type Command, InvalidArgumentError } from 'commander';
import type { JsonObject } from '../schema/json.ts';
import { changeLine } from './change-line.ts';
import { addCustomerPatch } from './customer-patch.ts';
import { callInSession } from './customer-session.ts';
import { cell, type OutputOptions, outline, print, table, withJson } from './output.ts';

/** `customary customer get|list|patch|history`: the same rules and history as the native API, with all scopes. */
export const addCustomer = (program: Command): void => {
  const customer = program.command('customer').description('read and change customers');
  withJson(customer.command('get'))
    .description('show a customer, now or as it was')
    .argument('<id>', 'the id of the customer')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--as-of <when>', 'a version, or a date-time with its time zone')
    .option('--fields <list>', 'only these members: names with dots, separated by commas')
    .action(get);
  withJson(customer.command('list'))
    .description('list and search customers')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--filter <name=value>', 'a filter of the API, such as name=Ada; can be repeated', readFilter, {})
    .option('--sort <order>', 'number, -number, updatedAt or -updatedAt')
    .option('--limit <count>', 'most customers a page, up to 500')
    .option('--page-token <token>', 'the page after the one that gave this token')
    .action(list);
  addCustomerPatch(customer);
  withJson(customer.command('history'))
    .description('show who changed what, when and why, the newest first')
    .argument('<id>', 'the id of the customer')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--limit <count>', 'most entries, up to 500')
    .option('--before <version>', 'only versions below this one')
    .action(history);
};

interface TenantOptions extends OutputOptions {
  tenant: string;
}

const get = async (
  id: string,
  options: TenantOptions & { asOf?: string; fields?: string },
): Promise<void> => {
  const query = { asOf: options.asOf, fields: options.fields };
  const body = await callInSession(options.tenant, 'getCustomer', {
    params: { id: id.toLowerCase() },
    query,
  });
  print(options, body, (customer) => outline(customer));
};

interface ListOptions extends TenantOptions {
  filter: Record<string, string>;
  sort?: string;
  limit?: string;
  pageToken?: string;
}

const list = async (options: ListOptions): Promise<void> => {
  const { filter, sort, limit, pageToken } = options;
  const query = { ...filter, sort, limit, pageToken };
  print(
    options,
    await callInSession(options.tenant, 'listCustomers', { query }),
    ({ customers, unreadable = [], nextPageToken }) => {
      const rows = (customers as JsonObject[]).map((one) => [
        one['number'],
        one['name'],
        one['kind'],
        one['status'],
        one['version'],
        one['id'],
      ]);
      const page = table(
        ['NUMBER', 'NAME', 'KIND', 'STATUS', 'VERSION', 'ID'],
        rows,
        'No customer was found.',
      );
      const left = (unreadable as JsonObject[]).map(
        (one) => `\n\nUnreadable: ${cell(one['number'])} ${cell(one['id'])}`,
      );
      const more = nextPageToken === undefined ? '' : `\n\nMore: --page-token ${cell(nextPageToken)}`;
      return [page, ...left, more].join('');
    },
  );
};

const readFilter = (text: string, filters: Record<string, string>): Record<string, string> => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write a filter as name=value.');
  const name = text.slice(0, at);
  if (noFilters.has(name))
    throw new InvalidArgumentError(`There is no filter ${name}: see the options of this command.`);
  if (Object.hasOwn(filters, name))
    throw new InvalidArgumentError(`The filter ${name} is given twice; all filters must hold.`);
  return { ...filters, [name]: text.slice(at + 1) };
};

/** What the API's list takes beside filters: options of the command, or nothing that a table can show. */
const noFilters = new Set(['fields', 'limit', 'pageToken', 'sort']);

const history = async (
  id: string,
  options: TenantOptions & { limit?: string; before?: string },
): Promise<void> => {
  const query = { limit: options.limit, before: options.before };
  const body = await callInSession(options.tenant, 'readHistory', {
    params: { id: id.toLowerCase() },
    query,
  });
  print(options, body, ({ entries, nextBefore }) => {
    const text = (entries as JsonObject[]).map(entryText).join('\n\n');
    return nextBefore === undefined ? text : `${text}\n\nMore: --before ${cell(nextBefore)}`;
  });
};

const entryText = (entry: JsonObject): string => {
  const reason = entry['reason'] === null ? '' : `\n  because: ${cell(entry['reason'])}`;
  const changes = (entry['changes'] as JsonObject[]).map((change) => `\n${changeLine(change)}`).join('');
  const { version, recordedAt, operation, principal, contract } = entry;
  const who = `${cell(operation)} by ${cell(principal)} through ${cell(contract)}`;
  return `version ${cell(version)}  ${cell(recordedAt)}  ${who}${reason}${changes}`;
};
