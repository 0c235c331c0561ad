import { OperatorError, Refusal } from '../errors.ts';

/**
 * What a log may say of an error: its code where it has one, else its name. Its message may quote a value, unless it was
 * written for the operator.
 */
export const errorName = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  if (error instanceof OperatorError) return error.message;
  if (error instanceof Refusal) return error.code;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
};
