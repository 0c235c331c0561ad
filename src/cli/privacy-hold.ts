import type { Command } from 'commander';
import { callForCustomer } from './customer-session.ts';
import { once } from './once.ts';
import { outline, print } from './output.ts';
import { type CustomerOptions, customerCommand } from './privacy-command.ts';
import { because } from './reason-header.ts';

/** `customary privacy hold|release|holds`. */
export const addPrivacyHold = (privacy: Command): void => {
  const command = (name: string, description: string): Command => customerCommand(privacy, name, description);
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
    headers: { ...once(), ...because(reason) },
  });
  print(options, trail, () => `No legal hold stands on the customer ${options.customer}.`);
};

const show = async (options: CustomerOptions): Promise<void> => {
  print(options, await callForCustomer(options, 'readLegalHold'), (trail) => outline(trail));
};
