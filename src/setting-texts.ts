import { OperatorError } from './errors.ts';

/** Reads the text of a setting; throws OperatorError with a sentence for a wrong one. */
export type ReadSetting<T> = (text: string, name: string) => T;

/** A whole number from `minimum` to `maximum`. */
export const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string, name: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw wrong(name, `must be a whole number from ${minimum} to ${maximum}`);
  };

/** One of these words. */
export const oneOf =
  <const V extends string>(...values: V[]) =>
  (text: string, name: string): V => {
    if ((values as string[]).includes(text)) return text as V;
    throw wrong(name, `must be one of ${values.join(', ')}`);
  };

/** The URL of a PostgreSQL database. */
export const databaseUrl = (text: string, name: string): string => {
  for (const [, mode = ''] of text.matchAll(/[?&]sslmode=([^&]*)/g)) {
    if (!sslModes.includes(mode))
      throw wrong(name, `must have an sslmode that is one of ${sslModes.join(', ')}`);
  }
  if (
    /^postgres(ql)?:\/\//.test(text) &&
    URL.canParse(text.replace(/^([a-z]+:\/\/[^@/]*@)\//, '$1localhost/'))
  ) {
    return text;
  }
  throw wrong(name, 'must be a URL like postgresql://user:password@host:5432/database');
};

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

const wrong = (name: string, rule: string): OperatorError =>
  new OperatorError(`${name} ${rule}. Correct the environment variable ${name} or leave it out.`);
