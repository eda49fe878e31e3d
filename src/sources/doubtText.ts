/** The warning about a price that is out of the ordinary. */

import { toDecimal } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import { priceDoubt } from '../domain/plausiblePrice.ts';
import type { HostedPrice, TokenPrices } from '../domain/price.ts';
import { shortText } from '../platform/json.ts';

const NAMES: Readonly<Record<keyof TokenPrices, string>> = {
  inputPerMtok: 'input',
  cachedInputPerMtok: 'cached input',
  cacheWritePerMtok: 'cache write',
  outputPerMtok: 'output',
  perRequest: 'request',
};

/** One text if the price is implausible, otherwise none. */
export function doubtText(price: HostedPrice): string[] {
  const doubt = priceDoubt(price);
  if (doubt === undefined) return [];
  const amount = toDecimal(usd(doubt.value), 9).replace(/\.?0+$/, '');
  const unit = doubt.field === 'perRequest' ? 'a request' : 'a million tokens';
  return [
    `The ${NAMES[doubt.field]} price of ${shortText(price.host, 80)} for ` +
      `${shortText(price.model, 80)} is $${amount} for ${unit}. It is stored, but not used ` +
      'until prices.trust in rentcheck.yaml names it. Check whether its unit has changed',
  ];
}
