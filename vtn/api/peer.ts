import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address, or a network with its prefix length: `10.0.0.0/8`, `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/**
 * Tells who sent a request: whoever is connected, or, when that is a proxy of ours, whom it says it speaks for in
 * `X-Forwarded-For`. Entries are believed from the right, as long as a trusted proxy wrote them; what is left of these a client
 * may have made up.
 *
 * @param trustedProxies addresses and networks, as `isNetwork` takes them.
 */
export function peerReader(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trusted = new BlockList();
  for (const text of trustedProxies) {
    const [address = '', prefix] = text.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  return ({ socket, headers }) => {
    let peer = plain(socket.remoteAddress ?? '');
    const said = headers['x-forwarded-for'];
    const hops = (Array.isArray(said) ? said.join(',') : (said ?? '')).split(',').map((hop) => plain(hop.trim()));
    while (isTrusted(peer)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      peer = hop;
    }
    return peer;
  };
}

/** IPv4 is the same in the form that dual-stack sockets give it. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
