/** Hosts' prices as everybody weighs them: without those that nobody vouches for. */

import type { Config } from '../config/config.ts';
import type { Period } from '../domain/period.ts';
import { isQuarantined } from '../domain/plausiblePrice.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface Prices {
  readonly config: Pick<Config, 'prices'>;
  readonly ledger: Pick<Ledger, 'hostedPrices'>;
}

/** What hosts ask within the window; in place of a price in quarantine holds the one before it. */
export async function pricesInForce(
  { config, ledger }: Prices,
  models: Parameters<Ledger['hostedPrices']>[0],
  { window, asOfMs }: { readonly window: Period; readonly asOfMs: number },
): ReturnType<Ledger['hostedPrices']> {
  const { prices, ...rest } = await ledger.hostedPrices(models, window, asOfMs);
  const trust = config.prices?.trust ?? [];
  return { ...rest, prices: prices.filter((price) => !isQuarantined(price, trust)) };
}
