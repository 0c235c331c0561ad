import { Refusal } from '../errors.ts';

/** What a log may say of an error: its message may quote a value. */
export const errorName = (error: unknown): string =>
  error instanceof Refusal ? error.code : error instanceof Error ? error.name : typeof error;
