import { OperatorError } from '../errors.ts';

/**
 * An error for the log, without its message, which may quote a value unless it was written for the operator: name, code, whose record it is, where it was thrown,
 * and its cause.
 */
export const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error;
  const { code, routine, table, constraint, tenantId, customerId } = error as Error & Record<string, unknown>;
  const stack = error.stack
    ?.replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const message = error instanceof OperatorError ? error.message : undefined;
  const cause = describeError(error.cause);
  return { name: error.name, message, code, routine, table, constraint, tenantId, customerId, stack, cause };
};
