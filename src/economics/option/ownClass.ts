/** Finds the pricing class under which a deployment rents its GPUs today. */

import { PRICING_CLASSES, type PricingClass } from '../../domain/charge.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { OptionFacts } from './optionFacts.ts';

/**
 * The class with the most covered compute spend; on-demand if there is none. $10 of spot and $8 of
 * on-demand is spot; if half of the spot's day is not covered, on-demand.
 */
export function currentPricingClass(facts: OptionFacts): PricingClass {
  const { bill, charges } = facts;
  const compute = charges.accounts.filter(
    ({ category, sourceId }) => category === 'compute' && bill.sources.has(sourceId),
  );
  const [only = 'on-demand', ...others] = new Set(compute.map(({ pricingClass }) => pricingClass));
  return others.length === 0 ? only : mostExpensiveClass(compute, facts);
}

/** Shared spend counts in equal parts here, because only the majority matters. */
function mostExpensiveClass(accounts: readonly ChargeAccount[], facts: OptionFacts): PricingClass {
  const { stack, input, covered } = facts;
  const own = stack.deployments.findIndex(({ id }) => id === input.id);
  const nanoUsd = new Map<PricingClass, bigint>();
  for (const { sharers, byDay, pricingClass } of accounts) {
    if (!sharers.includes(own)) continue;
    for (const [day, nano] of byDay) {
      const { coveredNs = 0n, paidNs = 0n } = covered[day] ?? {};
      const seen = paidNs === 0n ? nano : (nano * coveredNs) / paidNs;
      const before = nanoUsd.get(pricingClass) ?? 0n;
      nanoUsd.set(pricingClass, before + seen / BigInt(sharers.length));
    }
  }
  const known = PRICING_CLASSES.filter((each) => nanoUsd.has(each));
  return known.reduce<PricingClass>(
    (most, each) => ((nanoUsd.get(each) ?? 0n) > (nanoUsd.get(most) ?? 0n) ? each : most),
    known[0] ?? 'on-demand',
  );
}
