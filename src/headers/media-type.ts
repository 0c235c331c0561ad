import { Refusal } from '../errors.ts';
import { isToken, readPair, splitOutsideQuotes } from './list.ts';

/** What a `Content-Type` says. */
interface MediaType {
  /** Type and subtype in lower case, such as `application/json`. */
  essence: string;
  charset: 'utf-8' | undefined;
}

/**
 * Reads a `Content-Type` (RFC 9110 section 8.3); undefined when there is none. Other parameters are ignored.
 * Throws the refusal `unsupported-media-type` when it is malformed or names a charset other than UTF-8.
 */
export function readContentType(value: string | undefined): MediaType | undefined {
  if (value === undefined || value === '') return undefined;
  const [first = '', ...parameters] = splitOutsideQuotes(value, ';');
  const essence = first.toLowerCase();
  if (!isEssence(essence)) throw unsupported('format', 'The content type is not well-formed.');
  let charset: MediaType['charset'];
  for (const parameter of parameters) {
    const pair = readPair(parameter);
    if (!pair) throw unsupported('format', 'The content type has a malformed parameter.');
    if (pair.name !== 'charset') continue;
    if (!/^utf-?8$/i.test(pair.value ?? '')) throw unsupported('charset', 'The charset must be utf-8.');
    charset = 'utf-8';
  }
  return { essence, charset };
}

/**
 * Chooses the best of the offered media types (without parameters, in lower case, the server's favourite
 * first) by an `Accept` header (RFC 9110 section 12.5.1): the greatest q of the most specific range that
 * matches, then the server's order; undefined when none is acceptable. No header, or one without any
 * well-formed range, accepts everything. Parameters of a range other than q are ignored, because clients
 * often ask for `application/json;charset=utf-8`. Never throws.
 */
export function accepts(header: string | undefined, offered: readonly string[]): string | undefined {
  const ranges = splitOutsideQuotes(header ?? '', ',').flatMap(readRange);
  if (ranges.length === 0) return offered[0];
  let best: { type: string; q: number } | undefined;
  for (const type of offered) {
    const q = quality(type, ranges);
    if (q > (best?.q ?? 0)) best = { type, q };
  }
  return best?.type;
}

interface Range {
  range: string;
  q: number;
}

function readRange(text: string): Range[] {
  const [first = '', ...parameters] = splitOutsideQuotes(text, ';');
  const range = first.toLowerCase();
  const weight = parameters.map(readPair).find((pair) => pair?.name === 'q');
  const q = weight ? (weight.value ?? '') : '1';
  const wellFormed = isEssence(range) && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q);
  return wellFormed ? [{ range, q: Number(q) }] : [];
}

/** The q of the most specific range that matches the type; the greatest when it is listed twice; else 0. */
function quality(type: string, ranges: Range[]): number {
  for (const wanted of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const matching = ranges.filter(({ range }) => range === wanted);
    if (matching.length > 0) return Math.max(...matching.map(({ q }) => q));
  }
  return 0;
}

function isEssence(text: string): boolean {
  const [type = '', subtype = '', ...more] = text.split('/');
  return more.length === 0 && isToken(type) && isToken(subtype);
}

function unsupported(rule: string, detail: string): Refusal {
  return new Refusal('unsupported-media-type', {
    detail,
    faults: [{ pointer: 'Content-Type', rule, detail }],
  });
}
