import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Where callbacks may not lead: into our own networks, or to addresses that are nobody's (IANA special-purpose registries).
 * Of IPv6 only global unicast (2000::/3) is let through at all, so that unique local, link-local, multicast, IPv4-mapped and
 * -compatible addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48) and whatever comes later are out.
 */
const FORBIDDEN_IPV4 = [
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
];
const GLOBAL_IPV6 = ['2000::/3'];
/** Within these: protocol assignments with Teredo and ORCHID, documentation, 6to4, documentation. */
const FORBIDDEN_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** A set of networks. @param networks addresses, and networks like `10.0.0.0/8` */
export function networkSet(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

const isForbiddenIpv4 = networkSet(FORBIDDEN_IPV4);
const isGlobalIpv6 = networkSet(GLOBAL_IPV6);
const isForbiddenIpv6 = networkSet(FORBIDDEN_IPV6);

/** Is this an address on the public Internet? What is no address, or has a zone (`fe80::1%eth0`), is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !isForbiddenIpv4(address);
  if (isIP(address) === 0 || address.includes('%')) return false;
  return isGlobalIpv6(address) && !isForbiddenIpv6(address);
}

/** The address that a URL's host is, if it is one and no name: without the brackets of IPv6. */
export function addressOf(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}
