import { OperatorError, Refusal } from '../errors.ts';

/** What a log may say of an error: its message may quote a value, unless it was written for the operator. */
export const errorName = (error: unknown): string => {
  if (error instanceof Refusal) return error.code;
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? error.name : typeof error;
};
