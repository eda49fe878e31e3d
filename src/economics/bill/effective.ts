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
  const prepaid = new Map<string, Set<string>>();
  for (const { sourceId, id, usdUpfront } of commitments) {
    if (id === undefined || usdUpfront === undefined) continue;
    prepaid.set(sourceId, (prepaid.get(sourceId) ?? new Set()).add(id));
  }
  return (charge) => {
    const { sourceId, effective, commitment, billed } = charge;
    const plans = prepaid.get(sourceId);
    if (effective === undefined && commitment === undefined && plans === undefined) return charge;
    const cost = effective ?? (isPurchaseOf(plans, charge) ? nanoUsd(0n) : billed);
    return withCost(charge, cost);
  };
}

function withCost(charge: Charge, cost: NanoUsd): Charge {
  const category = charge.commitment?.status === 'unused' ? 'commitment' : charge.category;
  if (cost === charge.billed && category === charge.category) return charge;
  return { ...charge, billed: cost, category };
}

/** A purchase that the config spreads itself. */
function isPurchaseOf(plans: ReadonlySet<string> | undefined, charge: Charge): boolean {
  const { commitment, category, resourceId } = charge;
  if (plans === undefined) return false;
  if (commitment !== undefined) return commitment.status === 'purchase' && plans.has(commitment.id);
  return category === 'commitment' && plans.has(resourceId);
}
