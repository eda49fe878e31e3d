/** How each endpoint of a model gets a name of its own, the same on every pull. */

import type { Prices } from './prices.ts';

export interface Offer {
  readonly tag: string | undefined;
  readonly provider: string;
  readonly quantization: string;
  readonly prices: Prices;
}

/** An offer that is there and cannot be read: whose it is, as far as that is told. */
export interface UnreadOffer {
  /** The beginning of its host's name; `null` where nothing of it is known. */
  readonly name: string | null;
  /** Absent where that cannot be read either. */
  readonly quantization?: string;
}

/** A tag, or the provider where there is none. */
export function unreadOffer(owner: {
  readonly tag?: string | null | undefined;
  readonly provider_name: string | null;
  readonly quantization?: string | null | undefined;
}): UnreadOffer {
  const { tag, provider_name: provider, quantization } = owner;
  const told = typeof quantization === 'string' ? { quantization: quantization.toLowerCase() } : {};
  // A tag that is no text is another than the provider's name: it could be anybody's.
  if (tag === '') return { name: null, ...told };
  return { name: tag ?? provider?.toLowerCase() ?? null, ...told };
}

/** Could this offer be another one of the same host and quantization, to be told apart by price? */
export function isTwinOf(offer: Offer, unread: UnreadOffer): boolean {
  if (unread.name === null || unread.name !== offer.tag) return false;
  return unread.quantization === undefined || unread.quantization === offer.quantization;
}

/**
 * A host name for each offer, in the offers' order: the tag, or `provider/quantization` if there is
 * none. Endpoints that share a tag get their quantization behind it. Where even that is the same,
 * the more expensive ones are `#2`, `#3` and so on. Unreadable offers share tags as well, so that
 * no host changes its name for a while. `repeated` holds the names that had to be numbered.
 */
export function nameHosts(
  offers: readonly Offer[],
  unread: readonly UnreadOffer[] = [],
): {
  readonly hosts: readonly string[];
  readonly repeated: readonly string[];
} {
  const plain = offers.map(({ tag, provider, quantization }) =>
    tag === undefined ? `${provider.toLowerCase()}/${quantization}` : tag,
  );
  const others = unread.map(({ name }) => name);
  const named = offers.map((offer, index) => qualified([...plain, ...others], offer, index));
  return numbered(named, offers);
}

function qualified(plain: readonly (string | null)[], offer: Offer, index: number): string {
  const name = plain[index] ?? offer.provider;
  const isShared = plain.filter((other) => other === name).length > 1;
  const suffix = `/${offer.quantization}`;
  return isShared && !name.endsWith(suffix) ? `${name}${suffix}` : name;
}

function numbered(names: readonly string[], offers: readonly Offer[]) {
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

function byPrice(a: Offer | undefined, b: Offer | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const input = a.prices.inputPerMtok - b.prices.inputPerMtok;
  const difference = input === 0n ? a.prices.outputPerMtok - b.prices.outputPerMtok : input;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
