import { Command, CommanderError } from 'commander';
import { addServe } from './cli/serve.ts';
import { OperatorError } from './errors.ts';

/**
 * The program `customary`. Exit codes: 0 done, 1 something went wrong, 2 the command or a setting was wrong,
 * 3 what was asked for is not there.
 */
export const main = async (args: string[]): Promise<void> => {
  const program = new Command('customary')
    .description('The customer record of a subscription business.')
    .showHelpAfterError()
    .exitOverride();
  addServe(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
};

/** Tells what went wrong in a sentence, and gives the exit code. */
const report = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof OperatorError) {
    process.stderr.write(`customary: ${error.message}\n`);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`customary: ${text}\n`);
  return 1;
};
