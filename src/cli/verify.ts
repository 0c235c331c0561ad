import { type Command, InvalidArgumentError } from 'commander';
import type { ChainFinding } from '../customer/chain-finding.ts';
import { makeCheckpoints } from '../storage/checkpoints.ts';
import type { Database } from '../storage/database.ts';
import { listTenants } from '../storage/tenants.ts';
import type { Anchor } from '../storage/verify-checkpoints.ts';
import { type Verification, verifyHistory } from '../storage/verify-history.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { customerIdOf } from './named-customer.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary verify`: whether the stored history is what was recorded. */
export const addVerify = (program: Command): void => {
  withJson(program.command('verify'))
    .description(
      'find any changed, removed, swapped, inserted or cut entry of the history, while the service serves',
    )
    .option('--tenant <name>', 'this tenant alone')
    .option('--customer <id>', 'this customer of the tenant alone, by id or number')
    .option('--checkpoint', 'first sign where the histories end now')
    .option(
      '--anchor <sequence:digest>',
      'a checkpoint that a log holds; may be given more than once',
      anchorOf,
    )
    .action(verify);
};

interface VerifyCommand extends OutputOptions {
  tenant?: string;
  customer?: string;
  checkpoint?: true;
  anchor?: Anchor[];
}

interface TenantResult extends Verification {
  tenant: string;
}

const verify = async (options: VerifyCommand): Promise<void> => {
  if (options.tenant === undefined && (options.customer !== undefined || options.anchor)) {
    throw new CommandFailure(
      exitCodes.usage,
      '--customer and --anchor belong to one tenant: name it with --tenant.',
    );
  }
  const tenants = await withSession(async ({ database }) => {
    const names =
      options.tenant === undefined ? (await listTenants(database)).map(({ name }) => name) : [options.tenant];
    const results: TenantResult[] = [];
    for (const name of names) results.push(await verifyTenant(database, name, options));
    return results;
  });
  const found = tenants.reduce((sum, one) => sum + one.found, 0);
  print(options, { sound: found === 0, tenants }, () => textOf(tenants));
  if (found > 0)
    throw new CommandFailure(exitCodes.failed, `${found} findings: the history is not what was recorded.`);
};

const verifyTenant = async (
  database: Database,
  name: string,
  options: VerifyCommand,
): Promise<TenantResult> => {
  const tenant = await namedTenant(database, name);
  const { customer, anchor } = options;
  if (options.checkpoint) await makeCheckpoints(database, tenant.id);
  return {
    tenant: name,
    ...(await verifyHistory(database, tenant.id, {
      ...(customer === undefined ? {} : { customerId: await customerIdOf(database, tenant, customer) }),
      ...(anchor ? { anchors: anchor } : {}),
    })),
  };
};

/** Adds an anchor to those that were given before. */
const anchorOf = (text: string, before: Anchor[] = []): Anchor[] => {
  const [, sequence, digest] = /^(\d{1,9}):([\w-]{43})$/.exec(text) ?? [];
  if (!sequence || !digest)
    throw new InvalidArgumentError('It is a number, a colon and the 43 characters of a digest.');
  return [...before, { sequence: Number(sequence), digest }];
};

const textOf = (tenants: TenantResult[]): string =>
  [
    table(
      ['TENANT', 'CUSTOMERS', 'ENTRIES', 'CHECKPOINTS', 'NEWEST', 'PROVEN SINCE', 'FINDINGS'],
      tenants.map(({ tenant, customers, entries, checkpoints, newest, provenSince, whole, found }) => [
        tenant,
        customers,
        entries,
        checkpoints,
        newest && `${newest.sequence}:${newest.digest}`,
        provenSince ?? (whole ? '-' : 'customary keys seal'),
        found,
      ]),
      'There is no tenant.',
    ),
    ...tenants
      .filter(({ whole }) => !whole)
      .map(
        ({ tenant }) => `${tenant} may be one of before for all that its keys say: ${howToConfirm(tenant)}`,
      ),
    ...tenants
      .filter(({ found }) => found > 0)
      .map(({ tenant, findings }) => `${tenant}:\n${findingTable(findings)}`),
  ].join('\n\n');

const howToConfirm = (tenant: string): string =>
  `customary keys seal --tenant ${tenant} has them say that it is sealed and chained wholly.`;

const findingTable = (findings: ChainFinding[]): string =>
  table(
    ['RULE', 'CUSTOMER', 'NUMBER', 'VERSION', 'CHECKPOINT'],
    findings.map(({ rule, customerId, number, version, checkpoint }) => [
      rule,
      customerId,
      number,
      version,
      checkpoint,
    ]),
    '',
  );
