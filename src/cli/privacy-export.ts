import { createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { OperatorError } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import { callInSession } from './customer-session.ts';
import { customerIdOf } from './named-customer.ts';
import { namedTenant } from './named-tenant.ts';
import { once } from './once.ts';
import { type OutputOptions, print, withJson } from './output.ts';
import { type CustomerOptions, customerCommand } from './privacy-command.ts';
import { because } from './reason-header.ts';
import { withSession } from './session.ts';

/** `customary privacy export|import`. */
export const addPrivacyExport = (privacy: Command): void => {
  customerCommand(
    privacy,
    'export',
    'everything that is held of a customer as one JSON document (Art. 15 and 20)',
  )
    .option('--reason <text>', 'why')
    .option('--out <file>', 'write it there, readable by you alone, and not to standard output')
    .action(exportTo);
  withJson(privacy.command('import'))
    .description('take over an exported customer with its history, where it is not there')
    .argument('<file>', 'the export; "-" reads standard input')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--reason <text>', 'why; the history keeps it, and from protection level 3 on it is needed')
    .option('--dry-run', 'say whether it could be done, and do nothing')
    .action(importFrom);
};

interface ExportOptions extends CustomerOptions {
  reason?: string;
  out?: string;
}

const exportTo = async (options: ExportOptions): Promise<void> => {
  const { out } = options;
  if (out === undefined) {
    // Whatever is cut off is made again from the start, so nothing is printed before all of it is there.
    process.stdout.write(await withExport(options, (parts) => text(parts)));
    return;
  }
  const unfinished = `${out}.unfinished`;
  try {
    await withExport(options, (parts) => pipeline(parts, createWriteStream(unfinished, { mode: 0o600 })));
    await rename(unfinished, out);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw mended(error, out);
  }
  print(options, { file: out }, () => `The customer is exported to ${out}. Keep it safe: it hides nothing.`);
};

const withExport = async <Result>(
  { tenant: tenantName, customer, reason }: ExportOptions,
  use: (parts: Readable) => Promise<Result>,
): Promise<Result> => {
  const { replyTo } = await import('./customer-call.ts');
  return withSession(async ({ database }) => {
    const tenant = await namedTenant(database, tenantName);
    const id = await customerIdOf(database, tenant, customer);
    const asked = { params: { id }, headers: because(reason) };
    const { parts, body } = await replyTo(database, tenant, 'exportCustomer', asked);
    return use(Readable.from(parts ?? [body], { objectMode: false }));
  });
};

const mended = (error: unknown, path: string): unknown => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'open' && syscall !== 'rename') return error;
  return new OperatorError(`The file ${path} can't be written (${code}).`, { cause: error });
};

interface ImportOptions extends OutputOptions {
  tenant: string;
  reason?: string;
  dryRun?: boolean;
}

const importFrom = async (file: string, options: ImportOptions): Promise<void> => {
  const body = await callInSession(options.tenant, 'importCustomer', {
    query: { dryRun: options.dryRun ? 'true' : undefined },
    headers: { 'content-type': 'application/json', ...because(options.reason), ...once() },
    body: await readExport(file),
  });
  print(options, body, options.dryRun ? () => 'It could be taken over.' : importedText);
};

const importedText = ({ id, number }: JsonObject): string =>
  `The customer ${String(id)} is taken over; its number here is ${String(number)}.`;

const readExport = async (path: string): Promise<Buffer> => {
  if (path === '-') return buffer(process.stdin);
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new OperatorError(`The file ${path} can't be read (${cause.code}).`, { cause });
  });
};
