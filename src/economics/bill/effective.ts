/** What a charge costs in its own time: a purchase is spread over its term, as FOCUS has it. */

import type { Charge } from '../../domain/charge.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import type { CommitmentInput } from '../input.ts';

/**
 * A charge with its effective cost in place of the billed one; itself where they are alike. $1,200
 * for a year is $0 on the day of its purchase, and $100 on what it pays for in a month. What a
 * commitment leaves unused belongs to the commitment, for nothing ran in it.
 */
export function effectiveCharges(
  commitments: readonly CommitmentInput[],
): (charge: Charge) => Charge {
  const prepaid = new Map<string, Map<string, Plan>>();
  for (const { sourceId, id, usdUpfront, ...owed } of commitments) {
    if (id === undefined || usdUpfront === undefined) continue;
    const isAlsoOwed = owed.usdPerMonth !== undefined || owed.usdPerGpuHour !== undefined;
    const plans = prepaid.get(sourceId) ?? new Map<string, Plan>();
    prepaid.set(sourceId, plans.set(id, { usdUpfront, isAlsoOwed }));
  }
  return (charge) => {
    const { sourceId, effective, commitment, billed } = charge;
    const plans = prepaid.get(sourceId);
    if (effective === undefined && commitment === undefined && plans === undefined) return charge;
    const cost = isPurchaseOf(plans, charge) ? nanoUsd(0n) : (effective ?? billed);
    return withCost(charge, cost);
  };
}

function withCost(charge: Charge, cost: NanoUsd): Charge {
  const category = charge.commitment?.status === 'unused' ? 'commitment' : charge.category;
  if (cost === charge.billed && category === charge.category) return charge;
  return { ...charge, billed: cost, category };
}

interface Plan {
  readonly usdUpfront: NanoUsd;
  /** By the month or the hour too: not every charge of it is its purchase. */
  readonly isAlsoOwed: boolean;
}

/** A purchase that the config spreads itself. */
function isPurchaseOf(plans: ReadonlyMap<string, Plan> | undefined, charge: Charge): boolean {
  const { commitment, category, resourceId, billed } = charge;
  const isBought =
    commitment === undefined ? category === 'commitment' : commitment.status === 'purchase';
  const plan = isBought ? plans?.get(commitment?.id ?? resourceId) : undefined;
  if (plan === undefined) return false;
  return !plan.isAlsoOwed || isNear(billed, plan.usdUpfront);
}

/** To a tenth, for a bill may round or be in another currency: $5,900 is the $6,000 of a plan. */
function isNear(billed: bigint, usdUpfront: bigint): boolean {
  const off = billed < usdUpfront ? usdUpfront - billed : billed - usdUpfront;
  return off * 10n <= usdUpfront;
}
