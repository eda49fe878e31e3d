/** Parses host names, origins and IP address lists of requests. */

import { BlockList, isIP } from 'node:net';

/** The name in a `Host` header without its port, in lower case: `[::1]:8480` is `::1`. */
export function parseHostName(header: string | undefined): string {
  const text = (header ?? '').toLowerCase();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? text.replace(/:\d+$/, '');
}

/** The host and port in an `Origin` header; `undefined` if it is absent or `null`. */
export function parseOriginHost(origin: string | undefined): string | undefined {
  return URL.parse(origin ?? '')?.host.toLowerCase();
}

/** A function that tests whether an address is in a list of addresses and networks. */
export function createAddressMatcher(list: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const item of list) {
    const [network = '', bits] = item.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) blocks.addAddress(network, family);
    else blocks.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    // A dual-stack socket reports an IPv4 peer as `::ffff:10.0.0.1`.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return blocks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}
