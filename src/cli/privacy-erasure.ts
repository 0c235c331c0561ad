import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { erasureTools } from '../erasure-tools.ts';
import { carryOutErasure } from '../jobs/carry-out-erasure.ts';
import type { JsonObject } from '../schema/json.ts';
import { callForCustomer, callInSession } from './customer-session.ts';
import { doorOf } from './door.ts';
import { namedTenant } from './named-tenant.ts';
import { once } from './once.ts';
import { type OutputOptions, outline, print, table, withJson } from './output.ts';
import { type CustomerOptions, customerCommand } from './privacy-command.ts';
import { because } from './reason-header.ts';
import { withSession } from './session.ts';

/** `customary privacy erase|cancel|status|erasures`. */
export const addPrivacyErasure = (privacy: Command): void => {
  const ofCustomer = (name: string, description: string): Command =>
    customerCommand(privacy, name, description);
  ofCustomer('erase', 'schedule the erasure of a customer (Art. 17); it can be cancelled until it is due')
    .requiredOption('--reason <text>', 'why; it is erased with the customer')
    .option('--after <date-time>', 'not before this moment, which is after the window')
    .option('--now', 'without the window: at once, for good')
    .action(erase);
  ofCustomer('cancel', 'cancel the erasure that is scheduled')
    .requiredOption('--reason <text>', 'why; it is erased with the customer')
    .action(cancel);
  ofCustomer(
    'status',
    'how the erasure of a customer stands, with its certificate once it is completed',
  ).action(status);
  withJson(privacy.command('erasures'))
    .description('list the erasures of a tenant, the newest first')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--status <status>', 'scheduled, held, erasing, cancelled or completed')
    .option('--limit <number>', 'most erasures a page')
    .option('--page <token>', 'the page after the one that ended with this token')
    .action(list);
};

type EraseOptions = CustomerOptions & { reason: string; after?: string; now?: boolean };

const erase = async ({ reason, after, now, ...options }: EraseOptions): Promise<void> => {
  const asked = { reason, ...(after ? { after } : {}), ...(now ? { waiveWindow: true } : {}) };
  const erasure = await callForCustomer(options, 'scheduleErasure', {
    headers: { ...once(), 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(asked)),
  });
  if (now) await carryOut(options.tenant, erasure['id'] as string);
  print(options, now ? await callForCustomer(options, 'readErasure') : erasure, text);
};

/** The service would do the same within seconds; the caller wants to see it done, also where no service runs. */
const carryOut = (tenantName: string, erasureId: string): Promise<unknown> =>
  withSession(async ({ database }) => {
    const tenant = await namedTenant(database, tenantName);
    return carryOutErasure(erasureTools(database, readConfig(), doorOf(database)), tenant, erasureId);
  });

const cancel = async ({ reason, ...options }: CustomerOptions & { reason: string }): Promise<void> => {
  const erasure = await callForCustomer(options, 'cancelErasure', {
    headers: { ...once(), ...because(reason) },
  });
  print(options, erasure, text);
};

const status = async (options: CustomerOptions): Promise<void> => {
  print(options, await callForCustomer(options, 'readErasure'), (erasure) => outline(erasure));
};

const text = (erasure: JsonObject): string => {
  const { number, dueAt, erasedAt, heldBy } = erasure;
  switch (erasure['status']) {
    case 'completed':
      return `The customer ${String(number)} was erased at ${String(erasedAt)}.`;
    case 'cancelled':
      return `The erasure of the customer ${String(number)} is cancelled.`;
    case 'held':
      return `The erasure of the customer ${String(number)} waits: ${String(heldBy)}.`;
    default:
      return `The customer ${String(number)} is erased after ${String(dueAt)}.`;
  }
};

type ListOptions = OutputOptions & { tenant: string; status?: string; limit?: string; page?: string };

const list = async (options: ListOptions): Promise<void> => {
  const query = { status: options.status, limit: options.limit, pageToken: options.page };
  const body = await callInSession(options.tenant, 'listErasures', { query });
  print(options, body, ({ erasures, nextPageToken }) => {
    const rows = (erasures as JsonObject[]).map((one) =>
      ['number', 'status', 'heldBy', 'requestedAt', 'requestedBy', 'dueAt', 'erasedAt'].map(
        (name) => one[name],
      ),
    );
    const headings = ['NUMBER', 'STATUS', 'HELD BY', 'REQUESTED', 'BY', 'DUE', 'ERASED'];
    const page = table(headings, rows, 'There is no such erasure.');
    return nextPageToken === undefined ? page : `${page}\n\nMore: --page ${String(nextPageToken)}`;
  });
};
