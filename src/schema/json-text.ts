import { Refusal } from '../errors.ts';
import { formatPointer } from './pointer.ts';

/**
 * Bounds on a JSON text: `maxDepth` is the number of nested objects and arrays (a scalar has depth 0),
 * `maxMembers` the number of object members and array items in the whole text.
 */
export interface JsonLimits {
  maxDepth: number;
  maxMembers: number;
}

/**
 * Checks one JSON text against RFC 8259, RFC 7493 and the limits, and returns when it is in order.
 * Throws `Refusal('invalid-json')` with the first fault otherwise; see `parseJson` for the rules.
 */
export function checkJsonText(text: string, limits: JsonLimits): void {
  scanText(text, limits);
}

/**
 * The pointers of the numbers that a JSON text says with more digits than a number keeps, where it was checked before.
 * Nearly no text holds so many digits in a row, so the common path looks for them alone.
 */
export function roundedNumbers(text: string): string[] {
  if (!/\d[\d.]{15}/.test(text)) return [];
  return scanText(text, { maxDepth: Number.POSITIVE_INFINITY, maxMembers: Number.POSITIVE_INFINITY }).rounded;
}

function scanText(text: string, limits: JsonLimits): Scan {
  const scan: Scan = { text, limits, at: 0, members: 0, path: [], rounded: [] };
  skipSpace(scan);
  checkValue(scan);
  skipSpace(scan);
  if (scan.at < text.length) failSyntax(scan);
  return scan;
}

interface Scan {
  readonly text: string;
  readonly limits: JsonLimits;
  /** Where the scan stands, in UTF-16 code units. */
  at: number;
  members: number;
  path: (string | number)[];
  /** The pointers of the numbers that are rounded when they are read. */
  rounded: string[];
}

function checkValue(scan: Scan): void {
  const first = scan.text[scan.at];
  if (first === '{') checkObject(scan);
  else if (first === '[') checkArray(scan);
  else if (first === '"') readString(scan);
  else if (!skipLiteral(scan)) checkNumber(scan);
}

function checkObject(scan: Scan): void {
  enter(scan);
  const names = new Set<string>();
  for (let more = !skip(scan, '}'); more; more = nextOrClose(scan, '}')) {
    const name = readString(scan);
    skipSpace(scan);
    if (!skip(scan, ':')) failSyntax(scan);
    skipSpace(scan);
    scan.path.push(name);
    countMember(scan);
    if (name === '__proto__') fail(scan, 'memberName', 'A member cannot have this name.');
    if (names.has(name)) fail(scan, 'duplicateMember', 'The object has this member more than once.');
    names.add(name);
    checkValue(scan);
    scan.path.pop();
  }
}

function checkArray(scan: Scan): void {
  enter(scan);
  let index = 0;
  for (let more = !skip(scan, ']'); more; more = nextOrClose(scan, ']')) {
    scan.path.push(index++);
    countMember(scan);
    checkValue(scan);
    scan.path.pop();
  }
}

/** Steps over an opening bracket. Each open container but the outermost has one segment in the path. */
function enter(scan: Scan): void {
  if (scan.path.length >= scan.limits.maxDepth) {
    fail(scan, 'maxDepth', `The body is nested deeper than ${scan.limits.maxDepth} levels.`);
  }
  scan.at++;
  skipSpace(scan);
}

function nextOrClose(scan: Scan, close: string): boolean {
  skipSpace(scan);
  if (skip(scan, close)) return false;
  if (!skip(scan, ',')) failSyntax(scan);
  skipSpace(scan);
  return true;
}

function countMember(scan: Scan): void {
  if (++scan.members > scan.limits.maxMembers) {
    fail(scan, 'maxMembers', `The body has more than ${scan.limits.maxMembers} members and items.`);
  }
}

function readString(scan: Scan): string {
  const start = scan.at;
  if (!skip(scan, '"')) failSyntax(scan);
  while (!skip(scan, '"')) {
    const code = scan.text.charCodeAt(scan.at);
    if (code === 0x5c) skipEscape(scan);
    else if (code >= 0x20) scan.at++;
    else failSyntax(scan); // a control character, or NaN at the end of the text
  }
  const string: string = JSON.parse(scan.text.slice(start, scan.at));
  if (/\p{Surrogate}/u.test(string)) fail(scan, 'utf8', 'A string holds a surrogate without its pair.');
  return string;
}

function skipEscape(scan: Scan): void {
  const pattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  pattern.lastIndex = scan.at;
  if (!pattern.test(scan.text)) failSyntax(scan);
  scan.at = pattern.lastIndex;
}

function skipLiteral(scan: Scan): boolean {
  const literal = ['true', 'false', 'null'].find((word) => scan.text.startsWith(word, scan.at));
  scan.at += literal?.length ?? 0;
  return literal !== undefined;
}

function checkNumber(scan: Scan): void {
  const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
  pattern.lastIndex = scan.at;
  const match = pattern.exec(scan.text);
  if (match === null) failSyntax(scan);
  const number = Number(match[0]);
  // Whichever way it is written: told back as an integer, it would be refused.
  const isInteger = (match[1] === undefined && match[2] === undefined) || /^-?\d+$/.test(String(number));
  if (!Number.isFinite(number) || (isInteger && !Number.isSafeInteger(number))) {
    fail(scan, 'integerRange', 'The number is beyond the range that every reader keeps exactly.');
  }
  if (match[0].length > 15 && isRounded(match[0])) scan.rounded.push(formatPointer(scan.path));
  scan.at = pattern.lastIndex;
}

/** Fifteen digits are always kept; more are where the number is written the same again. */
function isRounded(literal: string): boolean {
  const digits = literal
    .replace(/[eE].*/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length > 15 && String(Number(literal)) !== literal;
}

function skip(scan: Scan, character: string): boolean {
  if (scan.text[scan.at] !== character) return false;
  scan.at++;
  return true;
}

function skipSpace(scan: Scan): void {
  while (' \t\n\r'.includes(scan.text[scan.at] ?? 'x')) scan.at++;
}

function failSyntax(scan: Scan): never {
  const what = scan.at < scan.text.length ? 'has an unexpected character' : 'ends too early';
  fail(scan, 'syntax', `The JSON text ${what} at offset ${scan.at}.`);
}

function fail(scan: Scan, rule: string, detail: string): never {
  throw new Refusal('invalid-json', { faults: [{ pointer: formatPointer(scan.path), rule, detail }] });
}
