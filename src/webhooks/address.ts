import { BlockList, isIP, isIPv6 } from 'node:net';

/** Where webhooks may go: to public addresses alone, or also to private and loopback ones. */
export type AddressPolicy = 'public' | 'any';

/** Whether an IP address is one of the public internet, by the special-purpose registries of IANA (RFC 6890). */
export const isPublicAddress = (address: string): boolean => {
  if (isIPv6(address)) return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
  return isIP(address) === 4 && !special4.check(address, 'ipv4');
};

/** Whether an IP address is of this machine (RFC 1122, RFC 4291). */
export const isLoopbackAddress = (address: string): boolean =>
  isIPv6(address) ? loopback.check(address, 'ipv6') : isIP(address) === 4 && loopback.check(address, 'ipv4');

/** The IP address that a URL names itself; undefined where it names a host. */
export const literalAddress = (url: URL): string | undefined => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
};

/** Whether a message for this URL may go to an address. Plain HTTP goes to this machine alone, whatever the policy. */
export const mayConnect = (url: URL, address: string, policy: AddressPolicy): boolean => {
  if (policy === 'public') return url.protocol === 'https:' && isPublicAddress(address);
  return url.protocol === 'https:' || isLoopbackAddress(address);
};

const listOf = (family: 'ipv4' | 'ipv6', ...subnets: string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', length] = subnet.split('/');
    list.addSubnet(address, Number(length), family);
  }
  return list;
};

const loopback = listOf('ipv4', '127.0.0.0/8');
loopback.addAddress('::1', 'ipv6');

const special4 = listOf(
  'ipv4',
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);

/** Global unicast; what lies outside of it, mapped and translated IPv4 included, is nowhere or here. */
const global6 = listOf('ipv6', '2000::/3');
const special6 = listOf('ipv6', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20');
