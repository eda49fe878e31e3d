/** The warning about a price that is out of the ordinary. */

import { usdDigits } from '../domain/figures.ts';
import { usd } from '../domain/money.ts';
import { findImplausiblePrice, type HostedPrice } from '../domain/price.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import { shortText } from '../platform/json.ts';

/** One warning if the price is implausible, otherwise none. */
export function doubtText(price: HostedPrice): PullWarning[] {
  const doubt = findImplausiblePrice(price);
  if (doubt === undefined) return [];
  return [
    {
      code: 'price-in-doubt',
      price: doubt.field,
      host: shortText(price.host, 80),
      model: shortText(price.model, 80),
      usd: usdDigits(usd(doubt.value)),
    },
  ];
}
