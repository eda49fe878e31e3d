/** Computes the effective cost of a charge: a purchase is spread over its term, as in FOCUS. */

import type { Charge } from '../../domain/charge.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import type { CommitmentInput } from '../input.ts';

/**
 * Returns charges with effective instead of billed cost, or the charge itself if both are equal.
 * $1,200 for a year is $0 on the day of purchase, and $100 on what it covers in a month. Unused
 * commitment belongs to the commitment, because nothing ran in it.
 */
export function effectiveCharges(
  commitments: readonly CommitmentInput[],
): (charge: Charge) => Charge {
  const prepaid = new Map<string, Map<string, Plan>>();
  for (const { sourceId, id, usdUpfront, ...recurring } of commitments) {
    if (id === undefined || usdUpfront === undefined) continue;
    const isAlsoRecurring =
      recurring.usdPerMonth !== undefined || recurring.usdPerGpuHour !== undefined;
    const plans = prepaid.get(sourceId) ?? new Map<string, Plan>();
    prepaid.set(sourceId, plans.set(id, { usdUpfront, isAlsoRecurring }));
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
  /** Also paid by month or hour, so not every charge is the purchase. */
  readonly isAlsoRecurring: boolean;
}

/** Whether a charge is a purchase that config spreads itself. */
function isPurchaseOf(plans: ReadonlyMap<string, Plan> | undefined, charge: Charge): boolean {
  const { commitment, category, resourceId, billed } = charge;
  const isBought =
    commitment === undefined ? category === 'commitment' : commitment.status === 'purchase';
  const plan = isBought ? plans?.get(commitment?.id ?? resourceId) : undefined;
  if (plan === undefined) return false;
  return !plan.isAlsoRecurring || isNear(billed, plan.usdUpfront);
}

/**
 * Within a tenth, because a bill may round or be in another currency: $5,900 matches an upfront
 * payment of $6,000.
 */
function isNear(billed: bigint, usdUpfront: bigint): boolean {
  const off = billed < usdUpfront ? usdUpfront - billed : billed - usdUpfront;
  return off * 10n <= usdUpfront;
}
