/** Reads the hosted prices in force, without those in quarantine. */

import type { Config } from '../config/config.ts';
import type { Period } from '../domain/period.ts';
import { isQuarantined } from '../domain/plausiblePrice.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface Prices {
  readonly config: Pick<Config, 'prices'>;
  readonly ledger: Pick<Ledger, 'hostedPrices'>;
}

/**
 * Returns hosted prices within the window. While a price is in quarantine, the previous one stays
 * in force.
 */
export async function readPricesInForce(
  { config, ledger }: Prices,
  models: Parameters<Ledger['hostedPrices']>[0],
  { window, asOfMs }: { readonly window: Period; readonly asOfMs: number },
): ReturnType<Ledger['hostedPrices']> {
  const { prices, ...rest } = await ledger.hostedPrices(models, window, asOfMs);
  const trust = config.prices?.trust ?? [];
  return { ...rest, prices: prices.filter((price) => !isQuarantined(price, trust)) };
}
