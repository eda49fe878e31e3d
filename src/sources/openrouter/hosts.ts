/** Knows how each endpoint of a model gets a name of its own, the same on every pull. */

import type { Prices } from './prices.ts';

export interface Offer {
  readonly tag: string | undefined;
  readonly provider: string;
  readonly quantization: string;
  readonly prices: Prices;
}

/**
 * A host name for each offer, in the offers' order. The tag, or `provider/quantization` where there
 * is none; endpoints that share a tag get their quantization behind it, and where even that is the
 * same, the dearer ones are `#2`, `#3` and so on. `repeated` holds the names that had to be
 * numbered.
 */
export function nameHosts(offers: readonly Offer[]): {
  readonly hosts: readonly string[];
  readonly repeated: readonly string[];
} {
  const plain = offers.map(({ tag, provider, quantization }) =>
    tag === undefined ? `${provider.toLowerCase()}/${quantization}` : tag,
  );
  const named = offers.map((offer, index) => qualified(plain, offer, index));
  return numbered(named, offers);
}

function qualified(plain: readonly string[], offer: Offer, index: number): string {
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
