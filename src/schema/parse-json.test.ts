import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import type { Json } from './json.ts';
import { checkJsonText } from './json-text.ts';
import { parseJson } from './parse-json.ts';

const limits = { maxDepth: 8, maxMembers: 50 };
const parse = (text: string) => parseJson(Buffer.from(text), limits);

function faultOf(run: () => unknown): { pointer: string; rule: string; detail: string } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('invalid-json');
    expect(error.faults).toHaveLength(1);
    return error.faults[0]!;
  }
  throw new Error('the text was accepted');
}

describe('what is accepted', () => {
  const texts = [
    '{"a":[1,-2.5e3,true,null,"x"],"b":{"c":{}}}',
    ' \t\r\n[ ] \n',
    '"\\u00e9\\n\\\\\\"\\ud83d\\ude00: , {"',
    '{"a\\"b":1,"a":2," : ":3,"\\\\":4}',
    '9007199254740991',
    '-9007199254740991',
    '-0',
    '1e300',
    '1e21',
    '0.9007199254740991e16',
    'null',
    '{"constructor":{"prototype":1},"toString":2,"hasOwnProperty":3}',
    '{"a":"__proto__"}',
    '"😀é"',
  ];
  test.each(texts)('%s is read as the engine reads it', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each(texts)('%s is accepted again as it is written back', (text) => {
    const written = JSON.stringify(parse(text));
    expect(JSON.stringify(parse(written))).toBe(written);
  });

  test('a view into a larger memory is read within its bounds', () => {
    const memory = new TextEncoder().encode('xx{"a":1}xx');
    expect(parseJson(memory.subarray(2, 9), limits)).toEqual({ a: 1 });
  });

  test('every JSON value that is I-JSON comes back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }), (value) => {
        const text = JSON.stringify(value, (_, inner) =>
          typeof inner === 'number' && Math.abs(inner) > Number.MAX_SAFE_INTEGER ? 0 : inner,
        );
        fc.pre(!text.includes('"__proto__":'));
        expect(parseJson(Buffer.from(text), { maxDepth: 10, maxMembers: 1e6 })).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is refused, with the member and the rule', () => {
  const rows: [string, string, string][] = [
    ['{"a":1,"a":1}', '/a', 'duplicateMember'],
    ['{"a":1,"\\u0061":2}', '/a', 'duplicateMember'],
    ['{"x":[{"b/c":1,"d":{},"b/c":2}]}', '/x/0/b~1c', 'duplicateMember'],
    ['{"":1,"":2}', '/', 'duplicateMember'],
    ['{"constructor":1,"constructor":2}', '/constructor', 'duplicateMember'],
    ['{"a":9007199254740992}', '/a', 'integerRange'],
    ['[0,-9007199254740993]', '/1', 'integerRange'],
    ['123456789012345678901234567890', '', 'integerRange'],
    ['{"a":0.1e17}', '/a', 'integerRange'],
    ['9007199254740993.5', '', 'integerRange'],
    ['[1, -1e20]', '/1', 'integerRange'],
    ['{"a":1e400}', '/a', 'integerRange'],
    ['[-1e999]', '/0', 'integerRange'],
    ['{"__proto__":{"admin":true}}', '/__proto__', 'memberName'],
    ['{"a":{"\\u005f_proto__":1}}', '/a/__proto__', 'memberName'],
    ['{"a":"\\ud800"}', '/a', 'utf8'],
    ['{"a":{"\\uDC00x":1}}', '/a', 'utf8'],
    ['[[[[[[[[[]]]]]]]]]', '/0/0/0/0/0/0/0/0', 'maxDepth'],
    [`[${'0,'.repeat(50)}0]`, '/50', 'maxMembers'],
    [`{"a":[${'{"b":0},'.repeat(25)}0]}`, '/a/24/b', 'maxMembers'],
  ];
  test.each(rows)('%s: %s %s', (text, pointer, rule) => {
    expect(faultOf(() => parse(text))).toMatchObject({ pointer, rule });
  });

  test('text that nests or counts exactly to the limit is accepted', () => {
    expect(parse('[[[[[[[[]]]]]]]]')).toEqual([[[[[[[[]]]]]]]]);
    expect(parse(`[${'0,'.repeat(49)}0]`)).toHaveLength(50);
  });

  test('bytes that are not UTF-8, overlong and surrogate forms included', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0xc0, 0xaf],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xe2, 0x82],
    ]) {
      expect(faultOf(() => parseJson(Uint8Array.from(bytes), limits))).toMatchObject({
        pointer: '',
        rule: 'utf8',
      });
    }
  });

  test('a byte order mark', () => {
    expect(faultOf(() => parse('\ufeff{}'))).toMatchObject({
      rule: 'syntax',
      detail: expect.stringMatching(/offset 0/),
    });
  });

  test('very long and very deep texts are refused without exhausting the stack', () => {
    expect(faultOf(() => parse('['.repeat(1_000_000))).rule).toBe('maxDepth');
    expect(faultOf(() => parse('{"a":'.repeat(200_000))).rule).toBe('maxDepth');
    expect(faultOf(() => parse('1'.repeat(1_000_000))).rule).toBe('integerRange');
    expect(faultOf(() => parse(`"${'a'.repeat(1_000_000)}`)).rule).toBe('syntax');
    expect(faultOf(() => parse(`"${'\\"'.repeat(500_000)}`)).rule).toBe('syntax');
  });
});

describe('malformed text', () => {
  const rows: [string, number][] = [
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":secret}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1', 2],
    ['01', 1],
    ['+1', 0],
    ['.5', 0],
    ['1.', 1],
    ['1e', 1],
    ['-', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['nul', 0],
    ['truex', 4],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ['"\\', 1],
    ['"abc', 4],
    ['{} {}', 3],
    ['// c\n{}', 0],
    ['\u00a0{}', 0],
    ['[1]\u2028', 3],
  ];
  test.each(rows)('%j is refused at offset %d and not quoted', (text, offset) => {
    const fault = faultOf(() => parse(text));
    expect(fault.rule).toBe('syntax');
    expect(fault.detail).toMatch(new RegExp(`offset ${offset}\\.$`));
    expect(fault.detail).not.toContain('secret');
  });
});

test('the check and the engine agree about which texts are well-formed', () => {
  const piece = fc.constantFrom(
    ...'{}[],:"\\/ \n-+.eE019u',
    '"a"',
    '"b":',
    'true',
    'null',
    '\\u00e9',
    '\\"',
    '12',
  );
  const mutant = fc
    .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.nat(3), piece)
    .map(([value, at, cut, insert]) => {
      const text = JSON.stringify(value, null, cut);
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + cut);
    });
  const text = fc.oneof(
    mutant,
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  );
  const wide = { maxDepth: 100, maxMembers: 1e6 };
  fc.assert(
    fc.property(text, (candidate) => {
      let engine: Json | undefined;
      try {
        engine = JSON.parse(candidate);
      } catch {}
      let rule: string | undefined;
      try {
        checkJsonText(candidate, wide);
      } catch (error) {
        rule = (error as Refusal).faults[0]!.rule;
      }
      // Another fault may come before the place where the syntax breaks.
      if (rule === undefined || rule === 'syntax') expect(rule === 'syntax').toBe(engine === undefined);
      if (rule !== undefined) expect(faultOf(() => parseJson(Buffer.from(candidate), wide)).rule).toBe(rule);
      else expect(parseJson(Buffer.from(candidate), wide)).toEqual(engine);
    }),
    { numRuns: 5000 },
  );
});
