import { describe, expect, test } from 'vitest';
import { findProviderTier } from '../../src/domain/providers.ts';

describe('the tier of a provider', () => {
  test.each([
    ['aws', 'hyperscaler'],
    ['Amazon Web Services', 'hyperscaler'],
    ['Azure', 'hyperscaler'],
    ['GCP', 'hyperscaler'],
    ['Oracle', 'hyperscaler'],
    ['runpod', 'neocloud'],
    ['Lambda Labs', 'neocloud'],
    ['together.ai', 'neocloud'],
    ['CoreWeave', 'neocloud'],
    ['vast', 'marketplace'],
    ['Vast.ai', 'marketplace'],
    ['io.net', 'marketplace'],
    ['TensorDock', 'marketplace'],
  ])('of %s is %s', (provider, tier) => {
    expect(findProviderTier(provider)).toBe(tier);
  });

  test.each(['', '…', 'our own rack', 'constructor', '__proto__', 'vast runpod', 'laws'])(
    'of "%s" is unknown',
    (provider) => {
      expect(findProviderTier(provider)).toBeUndefined();
    },
  );
});
