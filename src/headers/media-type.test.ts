import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { accepts, readContentType } from './media-type.ts';

const json = 'application/json';
const problem = 'application/problem+json';
const xml = 'text/xml';

test('the essence is in lower case and the charset may be quoted', () => {
  expect(readContentType('application/json')).toEqual({ essence: json, charset: undefined });
  expect(readContentType('Application/Merge-Patch+JSON')?.essence).toBe('application/merge-patch+json');
  for (const value of ['utf-8', 'UTF-8', '"utf-8"', 'utf8']) {
    expect(readContentType(`application/json ; Charset=${value};`)).toEqual({
      essence: json,
      charset: 'utf-8',
    });
  }
  expect(readContentType('application/json; version="1;charset=latin1"')?.charset).toBeUndefined();
});

test('no content type is none', () => {
  expect(readContentType(undefined)).toBeUndefined();
  expect(readContentType('')).toBeUndefined();
});

test('another charset is refused, even as a second one', () => {
  for (const charsets of ['charset=latin1', 'charset=utf-16', 'charset=', 'charset=utf-8;charset=latin1']) {
    expect(ruleOf(`application/json;${charsets}`)).toBe('charset');
  }
});

test('a malformed content type is refused', () => {
  for (const value of [
    'json',
    'a/b/c',
    '/json',
    'application/',
    ';',
    'a b/c',
    'a/b; =x',
    'a/b; c d',
    'a/b, c/d',
  ]) {
    expect(ruleOf(value)).toBe('format');
  }
});

test('no Accept, an empty one and a malformed one take the first offer', () => {
  for (const header of [undefined, '', ',', 'json', 'application/json;q=2', '*']) {
    expect(accepts(header, [json, xml])).toBe(json);
  }
});

test('the greatest q wins, then the order of the server', () => {
  expect(accepts('text/xml, application/json', [json, xml])).toBe(json);
  expect(accepts('text/xml, application/json;q=0.9', [json, xml])).toBe(xml);
  expect(accepts('TEXT/XML;Q=0.2, application/json ; q=0.1', [json, xml])).toBe(xml);
});

test('wildcards match, and the most specific range decides', () => {
  expect(accepts('*/*', [json, xml])).toBe(json);
  expect(accepts('text/*', [json, xml])).toBe(xml);
  expect(accepts('application/*;q=0.5, application/json;q=0, */*;q=0.1', [json, problem, xml])).toBe(problem);
  expect(accepts('*/*, application/json;q=0.5', [json, xml])).toBe(xml);
});

test('a type with q=0 and a type in no range are not acceptable', () => {
  expect(accepts('application/json;q=0', [json])).toBeUndefined();
  expect(accepts('text/html, image/*', [json, xml])).toBeUndefined();
  expect(accepts('application/json;q=0.000, */*;q=0', [json, xml])).toBeUndefined();
});

test('parameters of a range are ignored', () => {
  expect(accepts('application/json;charset=utf-8', [xml, json])).toBe(json);
  expect(accepts('text/xml;note="a,b;q=0";q=0.5, application/json;q=0.4', [json, xml])).toBe(xml);
});

test('any Accept header is read without an error, and the choice is always an offered one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (header) => {
      expect([undefined, json, xml]).toContain(accepts(header, [json, xml]));
    }),
  );
});

function ruleOf(value: string): string | undefined {
  try {
    readContentType(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('unsupported-media-type');
    return error.faults[0]?.rule;
  }
}
