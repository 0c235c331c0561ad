import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../errors.ts';
import { entityTag } from '../headers/entity-tag.ts';
import type { JsonObject } from '../schema/json.ts';
import { changeLine } from './change-line.ts';
import { callInSession } from './customer-session.ts';
import { once } from './once.ts';
import { type OutputOptions, outline, print, withJson } from './output.ts';
import { because } from './reason-header.ts';

/** `customary customer patch`. */
export const addCustomerPatch = (customer: Command): void => {
  withJson(customer.command('patch'))
    .description('change a part of a customer')
    .argument('<id>', 'the id of the customer')
    .argument('<json>', 'the patch as JSON; "-" reads standard input, "@file" a file')
    .requiredOption('--tenant <name>', 'the tenant')
    .option('--json-patch', 'the patch is a JSON Patch (RFC 6902), not a merge patch (RFC 7396)')
    .option('--if-match <version>', 'only when the customer has this version', readVersion)
    .option('--on-conflict <action>', 'with --if-match: "merge" into a newer version when nothing overlaps')
    .option('--reason <text>', 'why; the history keeps it')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--idempotency-key <key>', 'a repetition with the same key changes nothing more')
    .addHelpText('after', example)
    .action(patch);
};

const example = `
Example:
  customary customer patch <id> '{"note":"Call before noon"}' --tenant demo --reason "asked by phone"`;

interface PatchOptions extends OutputOptions {
  tenant: string;
  jsonPatch?: boolean;
  ifMatch?: number;
  onConflict?: string;
  reason?: string;
  dryRun?: boolean;
  idempotencyKey?: string;
}

const patch = async (id: string, text: string, options: PatchOptions): Promise<void> => {
  const asked = {
    params: { id: id.toLowerCase() },
    query: { onConflict: options.onConflict, dryRun: options.dryRun ? 'true' : undefined },
    headers: headersOf(options),
    body: await readPatch(text),
  };
  const body = await callInSession(options.tenant, 'updateCustomer', asked);
  print(options, body, options.dryRun ? dryRunText : changedText);
};

const headersOf = (options: PatchOptions): Record<string, string | undefined> => ({
  'content-type': options.jsonPatch ? 'application/json-patch+json' : 'application/merge-patch+json',
  'if-match': options.ifMatch === undefined ? undefined : entityTag(options.ifMatch),
  ...because(options.reason),
  ...once(options.idempotencyKey),
});

const readPatch = async (text: string): Promise<Buffer> => {
  if (text === '-') return buffer(process.stdin);
  if (!text.startsWith('@')) return Buffer.from(text);
  return readFile(text.slice(1)).catch((cause: NodeJS.ErrnoException) => {
    throw new OperatorError(`The file ${text.slice(1)} can't be read (${cause.code}).`, { cause });
  });
};

const readVersion = (text: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A version is a whole number, such as 3.');
};

const changedText = (customer: JsonObject): string =>
  `Changed, or was so already:\n${outline(customer, '  ')}`;

const dryRunText = ({ changes }: JsonObject): string => {
  const lines = (changes as JsonObject[]).map(changeLine);
  return lines.length === 0 ? 'Nothing would change.' : `This would change:\n${lines.join('\n')}`;
};
