import { expect, test } from 'vitest';
import { readTarget } from './target.ts';

test.each([
  ['https://example.org', 'public', 'https://example.org/'],
  ['HTTPS://Example.org:443/a?b=c#d', 'public', 'https://example.org/a?b=c'],
  ['https://8.8.8.8/', 'public', 'https://8.8.8.8/'],
  ['http://127.0.0.1:9000/in', 'any', 'http://127.0.0.1:9000/in'],
  ['http://localhost:9000/in', 'any', 'http://localhost:9000/in'],
  ['http://[::1]:9000/', 'any', 'http://[::1]:9000/'],
  ['https://10.0.0.1/', 'any', 'https://10.0.0.1/'],
] as const)('%s is taken where %s addresses are allowed', (text, policy, href) => {
  expect(readTarget(text, policy)).toBe(href);
});

test.each([
  ['example.org', 'any', /is like https/],
  ['ftp://example.org/', 'any', /is like https/],
  [`https://example.org/${'a'.repeat(2000)}`, 'any', /at most 2000/],
  ['https://user@example.org/', 'any', /no user name/],
  ['https://:word@example.org/', 'any', /no user name/],
  ['http://example.org/', 'any', /goes over https/],
  ['http://10.0.0.1/', 'any', /goes over https/],
  ['http://127.0.0.1/', 'public', /public addresses alone/],
  ['https://localhost/', 'public', /public addresses alone/],
  ['https://api.localhost./', 'public', /public addresses alone/],
  ['https://0x7f.1/', 'public', /public addresses alone/],
  ['https://[fd00::1]/', 'public', /public addresses alone/],
] as const)('%s is refused where %s addresses are allowed', (text, policy, sentence) => {
  expect(() => readTarget(text, policy)).toThrow(sentence);
});
