/** Finds where a request came from, and under which host name. */

import { BlockList, isIP } from 'node:net';

/** The name of a `Host` header without its port, in small letters: `[::1]:8480` is `::1`. */
export function hostName(header: string | undefined): string {
  const text = (header ?? '').toLowerCase();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? text.replace(/:\d+$/, '');
}

/** The `Host` that an `Origin` header names; `undefined` for none and for `null`. */
export function originHost(origin: string | undefined): string | undefined {
  return URL.parse(origin ?? '')?.host.toLowerCase();
}

/** Looks up addresses in a list of addresses and networks like `10.0.0.0/8`. */
export function networks(list: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const item of list) {
    const [network = '', bits] = item.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) blocks.addAddress(network, family);
    else blocks.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    // A socket that speaks both versions tells an IPv4 peer as `::ffff:10.0.0.1`.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return blocks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}
