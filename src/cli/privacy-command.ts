import type { Command } from 'commander';
import { type OutputOptions, withJson } from './output.ts';

/** What every command about one customer is given. */
export interface CustomerOptions extends OutputOptions {
  tenant: string;
  /** The id or the number. */
  customer: string;
}

/** Adds a command about one customer to `customary privacy`. */
export const customerCommand = (privacy: Command, name: string, description: string): Command =>
  withJson(privacy.command(name))
    .description(description)
    .requiredOption('--tenant <name>', 'the tenant')
    .requiredOption('--customer <id>', 'the id or the number of the customer');
