import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findProviderTier, PROVIDER_TIERS, type ProviderTier } from '../../src/domain/providers.ts';
import { sourceKinds } from '../../src/sources/registry.ts';

/** As price lists and people write them; several names of one company stand together. */
const WRITTEN: Readonly<Record<ProviderTier, string>> = {
  hyperscaler: `
    aws, Amazon, Amazon Web Services, Azure, Microsoft, Microsoft Azure,
    GCP, Google, Google Cloud, Google Cloud Platform,
    oci, Oracle, Oracle Cloud, Alibaba, Alibaba Cloud`,
  neocloud: `
    runpod, lambda, Lambda Labs, Lambda Cloud, CoreWeave, Nebius,
    Together, together.ai, Crusoe, Crusoe Cloud, Verda, DataCrunch,
    cudo, Cudo Compute, Vultr, DigitalOcean, Paperspace, Scaleway,
    OVH, OVHcloud, Hyperstack, Nscale, FluidStack, Voltage Park,
    GMI, GMI Cloud, Genesis Cloud, Jarvislabs, Hot Aisle, TensorWave,
    Latitude, Latitude.sh, Massed Compute, Thunder Compute, Denvr,
    Denvr Dataworks, Seeweb, CloudRift, Modal`,
  marketplace: `
    vast, Vast.ai, Salad, SaladCloud, TensorDock, Akash, Akash Network,
    io.net, Clore, Clore.ai, Shadeform, Prime Intellect, SF Compute`,
};

const NAMED = PROVIDER_TIERS.flatMap((tier) =>
  WRITTEN[tier].split(',').map((name) => [name.trim(), tier] as const),
);

describe('the tier of a provider', () => {
  test.each(NAMED)('of %s is %s', (provider, tier) => {
    expect(findProviderTier(provider)).toBe(tier);
  });

  test('does not depend on case, spaces and dots', () => {
    for (const [name, tier] of NAMED) {
      const letters = name.replaceAll(/[ .]/g, '').toLowerCase();
      const spaced = letters.split('').join(' ');
      for (const spelling of [letters, letters.toUpperCase(), spaced, `.${spaced}. `]) {
        expect([spelling, findProviderTier(spelling)]).toEqual([spelling, tier]);
      }
    }
  });

  test.each(['', '…', 'our own rack', 'constructor', '__proto__', 'vast runpod', 'laws'])(
    'of "%s" is unknown',
    (provider) => {
      expect(findProviderTier(provider)).toBeUndefined();
    },
  );

  test('of a name that is longer or shorter than a known one is unknown', () => {
    const all = new Set(NAMED.map(([name]) => name.replaceAll(/[ .]/g, '').toLowerCase()));
    const others = [...all].flatMap((name) => [name.slice(1), `${name}s`, `my${name}`]);
    const unknown = others.filter((name) => !all.has(name));
    expect(unknown.length).toBeGreaterThan(all.size);
    expect(unknown.filter((name) => findProviderTier(name) !== undefined)).toEqual([]);
  });

  test('is known for each source that states the rates of its own provider', () => {
    const kinds = sourceKinds
      .filter(({ kind, provides }) => provides.includes('rates') && kind !== 'gpu-catalog')
      .map(({ kind }) => [kind, findProviderTier(kind)]);
    expect(kinds.length).toBeGreaterThan(4);
    expect(kinds.filter(([, tier]) => tier === undefined)).toEqual([]);
  });

  test.each(PROVIDER_TIERS)('%s has the providers that docs/configuration.md names', (tier) => {
    const page = readFileSync('docs/configuration.md', 'utf8');
    const row = page.split('\n').find((line) => line.startsWith('| `tiers` |')) ?? '';
    const examples = new RegExp(`\`${tier}\` \\((?:[^:)]*: )?([^)]*)\\)`).exec(row)?.[1] ?? '';
    const names = examples.replace(/ and the like|, …/g, '').split(/, | and /);
    expect(names.length).toBeGreaterThan(2);
    expect(names.map((name) => [name, findProviderTier(name)])).toEqual(
      names.map((name) => [name, tier]),
    );
  });
});
