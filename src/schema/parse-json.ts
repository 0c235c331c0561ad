import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';
import type { Json } from './json.ts';
import { checkJsonText, type JsonLimits } from './json-text.ts';

/**
 * Reads one JSON text strictly (RFC 8259, and RFC 7493 "I-JSON"): valid UTF-8 without a byte order mark, no
 * duplicate members, no lone surrogates, no integer beyond 2^53 - 1, nor a number that is written back as one (`0.1e17`), no number that overflows, no member named
 * `__proto__`, and nothing beyond the limits. The result holds plain objects and arrays only.
 *
 * Throws `Refusal('invalid-json')` with one fault: rule `utf8`, `syntax`, `duplicateMember`, `integerRange`,
 * `memberName`, `maxDepth` or `maxMembers`, and the pointer of the member. Values are never quoted.
 *
 * Nearly every body is fine, so the common path only looks for a sign that something may be wrong: the engine's
 * parser builds the value, and an object that lost a duplicate has fewer members than the text has names.
 * Only then the text is checked in full, which decides and finds the place.
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): Json {
  if (!isUtf8(bytes)) {
    const detail = 'The body is not valid UTF-8.';
    throw new Refusal('invalid-json', { faults: [{ pointer: '', rule: 'utf8', detail }] });
  }
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    checkJsonText(text, limits);
    throw new Error('the engine refuses a text that the check of JSON texts accepts');
  }
  if (isSuspect(text, value, limits)) checkJsonText(text, limits);
  return value;
}

function isSuspect(text: string, value: Json, limits: JsonLimits): boolean {
  const tally: Tally = { names: 0, items: 0, suspect: false, limits };
  count(value, 0, tally);
  return tally.suspect || tally.names !== countNames(text) || text.includes('\\ud') || text.includes('\\uD');
}

interface Tally {
  names: number;
  items: number;
  suspect: boolean;
  limits: JsonLimits;
}

function count(value: Json, depth: number, tally: Tally): void {
  if (typeof value === 'number') {
    // From 2^53 on every double is an integer, so one comparison finds big integers and overflow.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) tally.suspect = true;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === tally.limits.maxDepth) {
    tally.suspect = true;
    return;
  }
  if (Array.isArray(value)) {
    tally.items += value.length;
    for (const item of value) count(item, depth + 1, tally);
  } else {
    for (const name of Object.keys(value)) {
      tally.names++;
      if (name === '__proto__') tally.suspect = true;
      count(value[name]!, depth + 1, tally);
    }
  }
  if (tally.names + tally.items > tally.limits.maxMembers) tally.suspect = true;
}

/** How many member names a well-formed JSON text has: the strings that a colon follows. */
function countNames(text: string): number {
  let names = 0;
  for (let open = text.indexOf('"'); open !== -1; ) {
    let next = closingQuote(text, open) + 1;
    while (text.charCodeAt(next) <= 0x20) next++;
    if (text.charCodeAt(next) === 0x3a) names++;
    open = text.indexOf('"', next);
  }
  return names;
}

function closingQuote(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return quote;
  }
}
