import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { OperatorError } from '../errors.ts';
import type { KeySource } from './key-source.ts';
import { unwrapKey, wrapKey } from './wrap-key.ts';

/** Source keys in the order of their preference: the first wraps, every one unwraps. */
export type SourceKeys = readonly KeyObject[];

/**
 * The source whose keys the service holds itself, from a file or an environment variable. `read` is asked again when a
 * key is missing, so that a rotated file is taken up without a restart.
 */
export const heldKeySource = async (read: () => Promise<SourceKeys>): Promise<KeySource> => {
  let keys = named(await read());
  const current = () => [...keys][0] as [string, KeyObject];
  return {
    async wrap(key, purpose) {
      // A service that runs on must not wrap with a key that was rotated out meanwhile.
      keys = named(await read());
      const [source, wrapping] = current();
      return { source, wrapped: wrapKey(key, wrapping, placeOf(purpose)) };
    },
    async unwrap({ source, wrapped }, purpose) {
      if (!keys.has(source)) keys = named(await read());
      const wrapping = keys.get(source);
      if (!wrapping) throw missing(source);
      return unwrapKey(wrapped, wrapping, placeOf(purpose));
    },
    async isCurrent({ source }) {
      keys = named(await read());
      return source === current()[0];
    },
  };
};

/** Reads keys written as 32 bytes in base64 or hexadecimal, separated by white space or commas; throws OperatorError. */
export const readSourceKeys = (text: string, where: string): SourceKeys => {
  const keys = text
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .join(' ')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => Buffer.from(word, /^[0-9a-f]{64}$/i.test(word) ? 'hex' : 'base64'));
  if (keys.length > 0 && keys.every((key) => key.length === 32)) {
    return keys.map((key) => createSecretKey(key));
  }
  throw new OperatorError(
    `${where} must hold keys of 32 bytes, in base64 or hexadecimal. Make one: openssl rand -base64 32`,
  );
};

/** The name of a source key: a digest, since the name stands beside what it wrapped. */
const sourceName = (key: KeyObject): string =>
  createHash('sha256').update('customary source key').update(key.export()).digest('hex').slice(0, 16);

const named = (keys: SourceKeys): Map<string, KeyObject> =>
  new Map(keys.map((key) => [sourceName(key), key]));

/** Tenant keys have generations of their own; the source's keys are told apart by name. */
const placeOf = (purpose: string) => ({ purpose, generation: 0 });

const missing = (source: string): OperatorError =>
  new OperatorError(
    `The tenants' keys were wrapped by the source key ${source}, which is not there. Put the key file (KEY_FILE) or ` +
      'SOURCE_KEY back that this database was used with; without it no personal value can be read.',
  );
