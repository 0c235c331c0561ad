import serialize from 'canonicalize';
import type { Json } from './json.ts';

// The package is CommonJS and exports the function itself; its types describe an ES module.
const toCanonical = serialize as unknown as (value: Json) => string;

/**
 * The canonical text of a JSON value (RFC 8785): equal values give equal texts, whatever the order of their
 * members. The value must be I-JSON, as `parseJson` gives it. Throws an Error on NaN or an infinity.
 */
export function canonicalJson(value: Json): string {
  return toCanonical(value);
}
