/** An error for the log, without its message, which may quote a value: name, code, where it was thrown, and its cause. */
export const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error === undefined ? undefined : typeof error;
  const { code, routine, table, constraint } = error as Error & Record<string, unknown>;
  const stack = error.stack
    ?.replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  return { name: error.name, code, routine, table, constraint, stack, cause: describeError(error.cause) };
};
