import type { Command } from 'commander';
import type { JsonObject } from '../schema/json.ts';
import { callForCustomer } from './customer-session.ts';
import { once } from './once.ts';
import { outline, print } from './output.ts';
import { type CustomerOptions, customerCommand } from './privacy-command.ts';
import { because } from './reason-header.ts';

/** `customary privacy restrict|lift|restriction`. */
export const addPrivacyRestriction = (privacy: Command): void => {
  const command = (name: string, description: string): Command => customerCommand(privacy, name, description);
  command('restrict', 'restrict the processing of a customer (Art. 18): protection level 4')
    .requiredOption('--reason <text>', 'why; the history keeps it')
    .action(restrict);
  command('lift', 'lift a restriction: the protection level that was before comes back')
    .requiredOption('--reason <text>', 'why; the history keeps it')
    .action(lift);
  command('restriction', 'whether a customer is restricted, since when, by whom and why').action(show);
};

type ReasonOptions = CustomerOptions & { reason: string };

const restrict = async ({ reason, ...options }: ReasonOptions): Promise<void> => {
  const customer = await callForCustomer(options, 'restrictCustomer', {
    headers: { ...once(), 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ reason })),
  });
  print(options, customer, ({ number }) => `The customer ${String(number)} is restricted.`);
};

const lift = async ({ reason, ...options }: ReasonOptions): Promise<void> => {
  const customer = await callForCustomer(options, 'liftRestriction', {
    headers: { ...once(), ...because(reason) },
  });
  print(options, customer, levelText);
};

const levelText = ({ number, protectionLevel }: JsonObject): string =>
  `The customer ${String(number)} is not restricted; its protection level is ${String(protectionLevel)}.`;

const show = async (options: CustomerOptions): Promise<void> => {
  print(options, await callForCustomer(options, 'readRestriction'), (restriction) => outline(restriction));
};
