import { describe, expect, test } from 'vitest';
import { formats, instantOf, isEmail, isLocale, isTimeZone } from './formats.ts';

describe('an e-mail address', () => {
  test.each([
    'a@b',
    'first.last+tag@mail.example.org',
    'åsa@exämple.se',
    "o'neil@example.org",
    `${'a'.repeat(64)}@b.se`,
  ])('%s is one', (value) => expect(isEmail(value)).toBe(true));
  test.each([
    '',
    'a',
    '@b',
    'a@',
    'a b@c.se',
    'a@b@c',
    'a..b@c.se',
    'a@b..c',
    'a@b.',
    'a@b-',
    'a,b@c.se',
    '<a@b.se>',
    `${'a'.repeat(65)}@b.se`,
    `a@${'b'.repeat(320)}`,
    'a@b\n',
  ])('%j is none', (value) => expect(isEmail(value)).toBe(false));
  test('may stand in a list of them, which may be empty', () => {
    const isList = formats['email-list'];
    for (const value of ['', 'a@b.se', 'a@b.se,c@d.se', 'a@b.se, c@d.se']) expect(isList(value)).toBe(true);
    for (const value of [',', 'a@b.se,', 'a@b.se;c@d.se', 'x, a@b.se']) expect(isList(value)).toBe(false);
  });
});

test('a locale is a well-formed language tag', () => {
  for (const value of ['sv', 'sv-SE', 'zh-Hant-TW', 'de-DE-u-co-phonebk']) expect(isLocale(value)).toBe(true);
  for (const value of ['', 'x', 'sv_SE', 'sv-', 'english language']) expect(isLocale(value)).toBe(false);
});

test('a time zone is one that the IANA database names, asked once or twice', () => {
  for (const _round of [1, 2]) {
    for (const value of ['Europe/Stockholm', 'UTC', 'Asia/Kolkata']) expect(isTimeZone(value)).toBe(true);
    for (const value of ['', '+01:00', 'Europe/Nowhere', 'x']) expect(isTimeZone(value)).toBe(false);
  }
});

test('an id is a UUID in lower case', () => {
  expect(formats.uuid.test('01890000-0000-7000-8000-00000000000a')).toBe(true);
  expect(formats.uuid.test('01890000-0000-7000-8000-00000000000A')).toBe(false);
  expect(formats.uuid.test('01890000-0000-7000-8000-00000000000a\n')).toBe(false);
});

describe('an instant', () => {
  test.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T05:30:00.250+05:30', '2026-01-01T00:00:00.250Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(instantOf(text)?.toISOString()).toBe(iso);
  });
  test.each([
    '',
    '2026',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-02-30T00:00:00Z',
    '5',
    'now',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+275760-09-13T00:00:00Z',
  ])('%j is none that every calendar knows', (text) => expect(instantOf(text)).toBeUndefined());
});

test('a date-time is one of RFC 3339, with the colon of its zone', () => {
  const isDateTime = formats['date-time'];
  for (const text of ['2020-01-01T10:00:00Z', '2020-01-01t10:00:00.5+02:00'])
    expect(isDateTime(text)).toBe(true);
  for (const zone of ['+0200', '+02', '', ' +02:00'])
    expect(isDateTime(`2020-01-01T10:00:00${zone}`)).toBe(false);
  expect(isDateTime('2020-01-01 10:00:00Z')).toBe(false);
  expect(isDateTime('2020-02-30T10:00:00Z')).toBe(false);
});
