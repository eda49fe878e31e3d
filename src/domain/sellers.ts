/** Who sells a hosted model, and who has stopped. */

import { DAY_MS, type Period } from './period.ts';
import type { HostedPrice } from './price.ts';

/** So long it is news: somebody may be on leave. */
export const RETIRED_LATELY_MS = 14 * DAY_MS;

export interface Retirement {
  /** Its name in small letters and digits. */
  readonly company: string;
  readonly host: string;
  readonly hostName?: string;
  readonly sinceMs: number;
}

interface Named {
  readonly host: string;
  readonly hostName?: string | undefined;
}

/** One company however it is spelled, and whatever it serves: `deepinfra/fp8` is `DeepInfra`. */
export function companyOf({ host, hostName }: Named): string {
  const name = hostName ?? host.split('/')[0] ?? host;
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || name;
}

/** A name means a host by its id, by what people call it, or by the part before the slash. */
export function isHostNamed(names: readonly string[], { host, hostName }: Named): boolean {
  return names.some((name) => name === host || name === hostName || host.startsWith(`${name}/`));
}

/**
 * Companies that sold a model in a span and sell it under no name at its end, the last to stop
 * first. Prices are those of one model at all its hosts; where a company has its own word, what
 * others say of it does not count.
 */
export function retirements(prices: readonly HostedPrice[], span: Period): Retirement[] {
  const standing = [...standingAt(prices, span.endMs - 1)];
  return standing
    .flatMap(([company, newest]) => {
      const [last] = newest.toSorted((a, b) => b.validFromMs - a.validFromMs);
      if (last === undefined || newest.some(({ offered }) => offered)) return [];
      if (last.validFromMs <= span.startMs) return [];
      const { host, hostName, validFromMs: sinceMs } = last;
      return { company, host, ...(hostName === undefined ? {} : { hostName }), sinceMs };
    })
    .sort((a, b) => b.sinceMs - a.sinceMs || (a.company < b.company ? -1 : 1));
}

/** Companies that sell it at an instant. */
export function sellersAt(prices: readonly HostedPrice[], instantMs: number): Set<string> {
  const standing = [...standingAt(prices, instantMs)];
  const selling = standing.filter(([, newest]) => newest.some(({ offered }) => offered));
  return new Set(selling.map(([company]) => company));
}

/** The newest standard price of each of a company's offers. */
function standingAt(prices: readonly HostedPrice[], instantMs: number) {
  const begun = prices.filter(({ serviceTier, validFromMs }) => {
    return serviceTier === undefined && validFromMs <= instantMs;
  });
  return new Map(
    [...Map.groupBy(begun, companyOf)].map(([company, of]) => {
      const own = of.filter(({ secondHand }) => secondHand !== true);
      const heard = own.length > 0 ? own : of;
      const offers = Map.groupBy(heard, ({ sourceId, model, host, quantization }) =>
        [sourceId, model, host, quantization].join('\u0000'),
      );
      return [company, [...offers.values()].flatMap((each) => newestOf(each) ?? [])];
    }),
  );
}

function newestOf(prices: readonly HostedPrice[]): HostedPrice | undefined {
  return prices.reduce<HostedPrice | undefined>((newest, each) => {
    return newest === undefined || each.validFromMs >= newest.validFromMs ? each : newest;
  }, undefined);
}
