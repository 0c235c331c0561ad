import type { Command } from 'commander';
import { callForCustomer } from './customer-session.ts';
import { once } from './once.ts';
import { type OutputOptions, outline, print, withJson } from './output.ts';

/** `customary privacy hold|release|holds`. */
export const addPrivacyHold = (privacy: Command): void => {
  const command = (name: string, description: string): Command =>
    withJson(privacy.command(name))
      .description(description)
      .requiredOption('--tenant <name>', 'the tenant')
      .requiredOption('--customer <id>', 'the id or the number of the customer');
  command('hold', 'set a legal hold: while it stands the customer is not erased (Art. 17(3))')
    .requiredOption('--reason <text>', 'why the customer must be kept')
    .action(hold);
  command('release', 'release the legal hold')
    .requiredOption('--reason <text>', 'why it is no longer needed')
    .action(release);
  command('holds', 'whether a legal hold stands, and what was set and released, by whom and why').action(
    show,
  );
};

interface CustomerOptions extends OutputOptions {
  tenant: string;
  customer: string;
}

type ReasonOptions = CustomerOptions & { reason: string };

const hold = async ({ reason, ...options }: ReasonOptions): Promise<void> => {
  const trail = await callForCustomer(options, 'setLegalHold', {
    headers: { ...once(), 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ reason })),
  });
  print(options, trail, () => `A legal hold stands on the customer ${options.customer}.`);
};

const release = async ({ reason, ...options }: ReasonOptions): Promise<void> => {
  const trail = await callForCustomer(options, 'releaseLegalHold', {
    // A header is read as UTF-8 bytes.
    headers: { ...once(), 'customary-reason': Buffer.from(reason, 'utf8').toString('latin1') },
  });
  print(options, trail, () => `No legal hold stands on the customer ${options.customer}.`);
};

const show = async (options: CustomerOptions): Promise<void> => {
  print(options, await callForCustomer(options, 'readLegalHold'), (trail) => outline(trail));
};
