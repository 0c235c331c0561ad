import { type Command, InvalidArgumentError } from 'commander';
import { type SettableKind, settableKinds } from '../customer/retention.ts';
import type { JsonObject } from '../schema/json.ts';
import { callInSession } from './customer-session.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';

/** `customary retention list|set`: how long each kind of data is kept. */
export const addRetention = (program: Command): void => {
  const retention = program.command('retention').description('how long each kind of data is kept');
  withJson(retention.command('list'))
    .description('list the rules of a tenant, and who set them when')
    .requiredOption('--tenant <name>', 'the tenant')
    .action(list);
  withJson(retention.command('set'))
    .description('set how long one kind of data is kept')
    .argument('<kind>', `one of ${settableKinds.join(', ')}`, readKind)
    .argument('<days>', 'a number of days, or "never" to remove nothing', readDays)
    .requiredOption('--tenant <name>', 'the tenant')
    .action(set);
};

interface TenantOptions extends OutputOptions {
  tenant: string;
}

interface Rule {
  kind: SettableKind;
  days: number | null;
  settable: boolean;
  meaning: string;
}

const list = async (options: TenantOptions): Promise<void> => {
  print(options, await callInSession(options.tenant, 'readRetention', {}), rulesText);
};

const set = async (kind: SettableKind, days: number | null, options: TenantOptions): Promise<void> => {
  const { rules } = await callInSession(options.tenant, 'readRetention', {});
  const others = (rules as unknown as Rule[]).filter((rule) => rule.settable);
  const wanted = Object.fromEntries(others.map((rule) => [rule.kind, rule.days]));
  const body = { rules: { ...wanted, [kind]: days } };
  const asked = {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
  print(options, await callInSession(options.tenant, 'setRetention', asked), rulesText);
};

const rulesText = ({ rules }: JsonObject): string =>
  table(
    ['KIND', 'DAYS', 'MEANING'],
    (rules as unknown as Rule[]).map(({ kind, days, settable, meaning }) => [
      kind,
      settable ? (days ?? 'never') : '(fixed)',
      meaning,
    ]),
    '',
  );

const readKind = (text: string): SettableKind => {
  const kind = settableKinds.find((one) => one === text);
  if (kind) return kind;
  throw new InvalidArgumentError(`The kinds are: ${settableKinds.join(', ')}.`);
};

const readDays = (text: string): number | null => {
  if (text === 'never') return null;
  const days = Number(text);
  if (/^[1-9]\d{0,4}$/.test(text) && days <= 36_500) return days;
  throw new InvalidArgumentError('Days are a whole number from 1 to 36500, or "never".');
};
