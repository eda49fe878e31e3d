/** The move option: the same replica-hours at the cheapest comparable provider. */

import { ONE } from '../../domain/exact.ts';
import type { NoOffer } from '../offer.ts';
import { marketOffer } from './market.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { currentPricingClass } from './ownClass.ts';

/**
 * Paid GPU-hours x the rate in force of the same GPU in our pricing class, plus what is not
 * compute. Four A100-hours at $1.50 and $1.00 of storage are $7.00; at $1.20 elsewhere, $5.80.
 */
export function moveOffer(facts: OptionFacts): BareOffer | NoOffer {
  return marketOffer(facts, { pricingClass: currentPricingClass(facts), hoursForOne: ONE });
}
