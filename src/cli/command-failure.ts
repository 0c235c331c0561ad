import type { JsonObject } from '../schema/json.ts';

/** How the program ends: the exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, usage: 2, missing: 3, refused: 4 } as const;

/** A command that could not do what was asked: its sentence and its exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  /** The whole refusal as a problem document (RFC 9457), where the record refused. */
  readonly problem: JsonObject | undefined;

  constructor(exitCode: number, message: string, problem?: JsonObject) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.problem = problem;
  }
}
