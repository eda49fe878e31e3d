/** Knows under which pricing class a deployment rents its GPUs today. */

import { type Charge, PRICING_CLASSES, type PricingClass } from '../../domain/charge.ts';
import { overlapMs } from '../../domain/period.ts';
import { attribution } from '../bill/attribution.ts';
import { inventoryOf } from '../bill/inventory.ts';
import { lineOf } from '../bill/line.ts';
import type { OptionFacts } from './optionFacts.ts';

/**
 * The class with the most covered compute dollars; on-demand where there are none. $10 of spot and
 * $8 of on-demand is spot; where half of the spot's day is not covered, on-demand.
 */
export function ownClass(facts: OptionFacts): PricingClass {
  const { stack, bill } = facts;
  const charges = stack.charges.filter(
    ({ category, sourceId, period }) =>
      category === 'compute' && bill.sources.has(sourceId) && overlapMs(period, stack.window) > 0,
  );
  const [only = 'on-demand', ...others] = new Set(charges.map(({ pricingClass }) => pricingClass));
  return others.length === 0 ? only : dearestClass(charges, facts);
}

/** What several deployments share counts in equal parts here: only a majority is asked for. */
function dearestClass(charges: readonly Charge[], facts: OptionFacts): PricingClass {
  const { stack, input, grid, covered } = facts;
  const own = stack.deployments.findIndex(({ id }) => id === input.id);
  const attribute = attribution(stack.deployments, inventoryOf(stack.resources));
  const nanoUsd = new Map<PricingClass, bigint>();
  for (const charge of charges) {
    const { cuts, sharers } = lineOf(charge, grid, attribute);
    if (!sharers.includes(own)) continue;
    for (const cut of cuts) {
      const { coveredNs = 0n, paidNs = 0n } = covered[cut.day] ?? {};
      const seen = paidNs === 0n ? cut.nanoUsd : (cut.nanoUsd * coveredNs) / paidNs;
      const before = nanoUsd.get(charge.pricingClass) ?? 0n;
      nanoUsd.set(charge.pricingClass, before + seen / BigInt(sharers.length));
    }
  }
  const known = PRICING_CLASSES.filter((each) => nanoUsd.has(each));
  return known.reduce<PricingClass>(
    (most, each) => ((nanoUsd.get(each) ?? 0n) > (nanoUsd.get(most) ?? 0n) ? each : most),
    known[0] ?? 'on-demand',
  );
}
