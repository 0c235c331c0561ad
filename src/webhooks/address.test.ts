import { expect, test } from 'vitest';
import { isLoopbackAddress, isPublicAddress, literalAddress, mayConnect } from './address.ts';

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001:0:1::1',
  '2001:db8::1',
  'not an address',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '193.0.0.1', '2a00:1450:4001::1', '2606:4700::1111'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test('this machine is known by all of its addresses', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopbackAddress)).toBe(true);
  expect(['10.0.0.1', '::2', '8.8.8.8', ''].some(isLoopbackAddress)).toBe(false);
});

test('an address is recognised however the URL writes it', () => {
  const addresses = ['https://0x7f.1/', 'https://2130706433/', 'https://[::1]:8443/'].map((text) =>
    literalAddress(new URL(text)),
  );
  expect(addresses).toEqual(['127.0.0.1', '127.0.0.1', '::1']);
  expect(literalAddress(new URL('https://example.org/'))).toBeUndefined();
});

test('plain HTTP goes to this machine alone, and only where any address is allowed', () => {
  const [http, https] = [new URL('http://host/'), new URL('https://host/')];
  const table = [
    mayConnect(http, '127.0.0.1', 'any'),
    mayConnect(http, '10.0.0.1', 'any'),
    mayConnect(http, '8.8.8.8', 'any'),
    mayConnect(http, '127.0.0.1', 'public'),
    mayConnect(http, '8.8.8.8', 'public'),
    mayConnect(https, '127.0.0.1', 'any'),
    mayConnect(https, '10.0.0.1', 'public'),
    mayConnect(https, '8.8.8.8', 'public'),
  ];
  expect(table).toEqual([true, false, false, false, false, true, false, true]);
});
