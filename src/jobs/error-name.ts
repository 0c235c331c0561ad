import { OperatorError, Refusal } from '../errors.ts';

/** What a log may say of an error: its message may quote a value, but for what is meant for the operator. */
export const errorName = (error: unknown): string =>
  error instanceof Refusal
    ? error.code
    : error instanceof OperatorError
      ? error.message
      : error instanceof Error
        ? error.name
        : typeof error;
