/** Gives each endpoint of a model a host name that stays the same on every pull. */

import type { EndpointPrices } from './prices.ts';

export interface EndpointOffer {
  readonly tag: string | undefined;
  readonly provider: string;
  readonly quantization: string;
  readonly prices: EndpointPrices;
}

/** An offer that cannot be read, with what is known of its host. */
export interface UnreadableOffer {
  /** Beginning of the host name; `null` if unknown. */
  readonly name: string | null;
  /** Absent if it cannot be read. */
  readonly quantization?: string;
}

/** Names an unreadable offer by its tag, or by its provider if it has no tag. */
export function toUnreadableOffer(owner: {
  readonly tag?: string | null | undefined;
  readonly provider_name: string | null;
  readonly quantization?: string | null | undefined;
}): UnreadableOffer {
  const { tag, provider_name: provider, quantization } = owner;
  const known =
    typeof quantization === 'string' ? { quantization: quantization.toLowerCase() } : {};
  // An unreadable tag could be that of any host.
  if (tag === '') return { name: null, ...known };
  return { name: tag ?? provider?.toLowerCase() ?? null, ...known };
}

/**
 * Whether an offer may share host and quantization with an unreadable one, so that only prices
 * distinguish them.
 */
export function mayBeSameHost(offer: EndpointOffer, unread: UnreadableOffer): boolean {
  if (unread.name === null || unread.name !== offer.tag) return false;
  return unread.quantization === undefined || unread.quantization === offer.quantization;
}

/**
 * Returns a host name per offer, in order: the tag, or `provider/quantization` without one. Shared
 * tags get the quantization as a suffix. Offers still equal are numbered `#2`, `#3` by price,
 * cheapest first. Unreadable offers count too, so that names stay the same while one is unreadable.
 * `repeated` has the names that were numbered.
 */
export function nameHosts(
  offers: readonly EndpointOffer[],
  unread: readonly UnreadableOffer[] = [],
): {
  readonly hosts: readonly string[];
  readonly repeated: readonly string[];
} {
  const plain = offers.map(({ tag, provider, quantization }) =>
    tag === undefined ? `${provider.toLowerCase()}/${quantization}` : tag,
  );
  const others = unread.map(({ name }) => name);
  const named = offers.map((offer, index) => withQuantization([...plain, ...others], offer, index));
  return numberByPrice(named, offers);
}

function withQuantization(
  plain: readonly (string | null)[],
  offer: EndpointOffer,
  index: number,
): string {
  const name = plain[index] ?? offer.provider;
  const isShared = plain.filter((other) => other === name).length > 1;
  const suffix = `/${offer.quantization}`;
  return isShared && !name.endsWith(suffix) ? `${name}${suffix}` : name;
}

function numberByPrice(names: readonly string[], offers: readonly EndpointOffer[]) {
  const hosts = [...names];
  const taken = new Set(names);
  const repeated = [...taken].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  for (const name of repeated) {
    const sharing = [...names.keys()].filter((index) => names[index] === name);
    sharing.sort((a, b) => byPrice(offers[a], offers[b]));
    let number = 1;
    for (const index of sharing.slice(1)) {
      do number += 1;
      while (taken.has(`${name}#${number}`));
      hosts[index] = `${name}#${number}`;
      taken.add(`${name}#${number}`);
    }
  }
  return { hosts, repeated };
}

function byPrice(a: EndpointOffer | undefined, b: EndpointOffer | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const input = a.prices.inputPerMtok - b.prices.inputPerMtok;
  const difference = input === 0n ? a.prices.outputPerMtok - b.prices.outputPerMtok : input;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
