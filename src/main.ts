import { Command, CommanderError } from 'commander';
import { CommandFailure, exitCodes } from './cli/command-failure.ts';
import { commands } from './cli/commands.ts';
import { OperatorError, Refusal } from './errors.ts';
import { packageVersion } from './package-root.ts';

/**
 * The program `customary`. Exit codes: 0 done, 1 something went wrong, 2 the command or a setting was wrong,
 * 3 what was asked for is not there, 4 the record refused the change. The result goes to standard output, everything
 * else to standard error; with `--json` a refusal is a problem document there.
 */
export const main = async (args: string[]): Promise<void> => {
  const program = new Command('customary')
    .description('The customer record of a subscription business: one record per customer, changed safely.')
    .version(packageVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('Add --help to see how it is used.')
    .addHelpText('after', guide)
    .exitOverride();
  for (const add of await Promise.all(loadersFor(args).map((load) => load()))) add(program);
  // A reader that went away (`customary … | head`) is no failure.
  process.stdout.on('error', () => {});
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, args.includes('--json'));
  }
};

/** A command that is named first is enough; whatever else is asked, as help or a mistyped command, is of all of them. */
const loadersFor = ([first = '']: string[]) => {
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return named ? [named] : Object.values(commands);
};

const guide = `
Every command works beside a running service and without one, on the embedded database in DATA_DIR (./data)
or on the server that DATABASE_URL names. Every command has --json.

First steps:
  customary serve                                                  the first start makes the tenant demo
  customary tenant create acme
  customary key create --tenant acme --scopes customer:read,customer:write
  customary customer list --tenant demo

Exit codes: 0 done, 1 something went wrong, 2 the command or a setting was wrong, 3 what was asked for is not
there, 4 the record refused the change.`;

/** Tells what went wrong in a sentence, and gives the exit code. */
const report = (error: unknown, json: boolean): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof CommandFailure) {
    tell(json && error.problem ? JSON.stringify(error.problem) : `customary: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof OperatorError) {
    tell(`customary: ${error.message}`);
    return exitCodes.usage;
  }
  if (error instanceof Refusal) {
    tell(`customary: ${error.message}.`);
    return exitCodes.failed;
  }
  tell(`customary: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exitCodes.failed;
};

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
