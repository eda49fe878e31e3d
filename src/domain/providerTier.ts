/** Tiers of GPU providers, and the providers of each tier. */

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
