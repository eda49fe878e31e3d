/** The spot option: the same work on capacity that can be evicted. */

import { add, ONE } from '../../domain/exact.ts';
import type { NoOffer } from '../offer.ts';
import { marketOffer } from './market.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { currentPricingClass } from './ownClass.ts';

/**
 * Compute spend x (spot rate / own rate) x (1 + eviction overhead), which is GPU-hours x spot rate
 * x (1 + overhead), plus what is not compute. Four A100-hours at a spot rate of $0.60 with 10% lost
 * are $2.64, where $6.00 is paid.
 */
export function spotOffer(facts: OptionFacts): BareOffer | NoOffer {
  if (currentPricingClass(facts) === 'spot') return { reason: { code: 'already-on-spot' } };
  const hoursForOne = add(ONE, facts.input.evictionOverhead);
  return marketOffer(facts, { pricingClass: 'spot', hoursForOne });
}
