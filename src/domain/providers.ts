/** Providers that sell a hosted model, and those that have stopped. */

import type { Period } from './period.ts';
import type { HostedPrice } from './price.ts';

export interface Retirement {
  /** Company name in lower-case letters and digits. */
  readonly company: string;
  readonly host: string;
  readonly hostName?: string;
  readonly sinceMs: number;
}

interface Named {
  readonly host: string;
  readonly hostName?: string | undefined;
}

/**
 * Normalized company name, whatever the spelling and the endpoint: `deepinfra/fp8` is `deepinfra`.
 */
export function companyName({ host, hostName }: Named): string {
  const name = hostName ?? host.split('/')[0] ?? host;
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || name;
}

/**
 * Whether a name matches an endpoint: by its id, its display name, or the part before the slash.
 */
export function matchesHostName(names: readonly string[], { host, hostName }: Named): boolean {
  return names.some((name) => name === host || name === hostName || host.startsWith(`${name}/`));
}

/**
 * Companies that sold a model in a period and no longer sell it at its end, latest retirement
 * first. Prices are those of one model at all endpoints. If a company states its own prices, other
 * sources on it are ignored.
 */
export function findRetirements(prices: readonly HostedPrice[], span: Period): Retirement[] {
  const current = [...standingAt(prices, span.endMs - 1)];
  return current
    .flatMap(([company, newest]) => {
      const [last] = newest.toSorted((a, b) => b.validFromMs - a.validFromMs);
      if (last === undefined || newest.some(({ offered }) => offered)) return [];
      if (last.validFromMs <= span.startMs) return [];
      const { host, hostName, validFromMs: sinceMs } = last;
      return { company, host, ...(hostName === undefined ? {} : { hostName }), sinceMs };
    })
    .sort((a, b) => b.sinceMs - a.sinceMs || (a.company < b.company ? -1 : 1));
}

/** Companies that sell the model at an instant. */
export function sellersAt(prices: readonly HostedPrice[], instantMs: number): Set<string> {
  const current = [...standingAt(prices, instantMs)];
  const selling = current.filter(([, newest]) => newest.some(({ offered }) => offered));
  return new Set(selling.map(([company]) => company));
}

/** Newest standard-tier price of each of a company's offers. */
function standingAt(prices: readonly HostedPrice[], instantMs: number) {
  const started = prices.filter(({ serviceTier, validFromMs }) => {
    return serviceTier === undefined && validFromMs <= instantMs;
  });
  return new Map(
    [...Map.groupBy(started, companyName)].map(([company, of]) => {
      const own = of.filter(({ secondHand }) => secondHand !== true);
      const trusted = own.length > 0 ? own : of;
      const offers = Map.groupBy(trusted, ({ sourceId, model, host, quantization }) =>
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

export const PROVIDER_TIERS = ['hyperscaler', 'neocloud', 'marketplace'] as const;
export type ProviderTier = (typeof PROVIDER_TIERS)[number];

/**
 * Names in lower-case letters and digits, as price lists write them. The tiers are those of
 * SemiAnalysis' ClusterMAX (newsletter.semianalysis.com, 2025-11): full clouds, clouds built around
 * their own GPUs, and marketplaces for other owners' GPUs.
 */
const NAMES: Readonly<Record<ProviderTier, string>> = {
  hyperscaler: `aws amazon amazonwebservices azure microsoft microsoftazure gcp google googlecloud
    googlecloudplatform oci oracle oraclecloud alibaba alibabacloud`,
  neocloud: `runpod lambda lambdalabs lambdacloud coreweave nebius together togetherai crusoe
    crusoecloud verda datacrunch cudo cudocompute vultr digitalocean paperspace scaleway ovh
    ovhcloud hyperstack nscale fluidstack voltagepark gmi gmicloud genesiscloud jarvislabs hotaisle
    tensorwave latitude latitudesh massedcompute thundercompute denvr denvrdataworks seeweb
    cloudrift modal`,
  marketplace: `vast vastai salad saladcloud tensordock akash akashnetwork ionet clore cloreai
    shadeform primeintellect sfcompute`,
};

const TIERS: ReadonlyMap<string, ProviderTier> = new Map(
  PROVIDER_TIERS.flatMap((tier) => NAMES[tier].split(/\s+/).map((name) => [name, tier] as const)),
);

/**
 * The tier of a provider; `undefined` if unknown. Case, spaces and dots do not matter:
 * `tierOf('Vast.ai')` is `'marketplace'`, `tierOf('Lambda Labs')` is `'neocloud'`.
 */
export function findProviderTier(provider: string): ProviderTier | undefined {
  return TIERS.get(provider.toLowerCase().replace(/[^a-z0-9]/g, ''));
}
