import { parseItem } from 'structured-headers';
import { invalidHeader } from './invalid-header.ts';

const maxLength = 256;

/**
 * Reads the key out of all occurrences of `Idempotency-Key` in a request; undefined when there is none.
 * The draft (draft-ietf-httpapi-idempotency-key-header) wants a structured-field string (RFC 9651 section
 * 3.3.3), many clients send the bare text: `"abc"` and `abc` are the same key. Parameters are ignored.
 * Throws the refusal `invalid-header` with the rule `single` (several headers), `pattern` (a character
 * outside printable ASCII), `format` (a malformed quoted string), `minLength` or `maxLength` (1 to 256
 * characters after unquoting).
 */
export function readIdempotencyKey(values: readonly string[]): string | undefined {
  const [value, ...others] = values;
  if (value === undefined) return undefined;
  if (others.length > 0) throw refusal('single', 'Only one Idempotency-Key header may be sent.');
  if (!/^[\x20-\x7e]*$/.test(value)) throw refusal('pattern', 'The key may hold printable ASCII only.');
  const key = unquote(value.trim());
  if (key.length === 0) throw refusal('minLength', 'The key must not be empty.');
  if (key.length > maxLength) throw refusal('maxLength', `The key may have at most ${maxLength} characters.`);
  return key;
}

/**
 * Reads an opaque key out of all occurrences of a header; undefined when there is none. Its text is taken as it is, with
 * whatever quotes it has. Throws the refusal `invalid-header` with the rule `single`, `minLength` or `maxLength`.
 */
export function readOpaqueKey(
  values: readonly string[],
  { header, maxLength }: { header: string; maxLength: number },
): string | undefined {
  const [value, ...others] = values;
  if (value === undefined) return undefined;
  if (others.length > 0) throw invalidHeader(header, 'single', 'may be sent once only');
  if (value.length === 0) throw invalidHeader(header, 'minLength', 'must not be empty');
  if (value.length <= maxLength) return value;
  throw invalidHeader(header, 'maxLength', `may have at most ${maxLength} characters`);
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(parseItem(value)[0]);
  } catch {
    throw refusal('format', 'The quoted key is not a well-formed structured-field string (RFC 9651).');
  }
}

function refusal(rule: string, detail: string) {
  return invalidHeader('Idempotency-Key', rule, detail);
}
