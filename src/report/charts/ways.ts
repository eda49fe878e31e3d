/** Lists the options for the whole stack by cost, with intervals. */

import { add, compare, type Exact, subtract, ZERO } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import { capital } from '../copy/figures.ts';
import { isPlanMade, knownAmount } from '../words/reading.ts';
import { planName, stackOptionName } from '../words/wholeStack.ts';

export interface StackOption {
  readonly name: string;
  readonly isPlan: boolean;
  readonly isKeep: boolean;
  readonly cost: Exact;
  /** Ends of the cost's 90% interval. Absent if there is none. */
  readonly interval?: readonly [low: Exact, high: Exact];
  /** Saving over keeping everything. */
  readonly saving: Exact;
}

interface Priced {
  readonly option: OptionName | 'best plan';
  readonly costUsd: string | null;
  readonly savingUsd: string | null;
  readonly low: string | null;
  readonly high: string | null;
}

/**
 * Cheapest first. A plan that equals another option is listed once. Spot is left out, because it is
 * never advised. Empty with fewer than two priced options.
 */
export function listStackOptions(audit: Audit): StackOption[] {
  const { stack, deployments } = audit;
  const [only] = deployments;
  const isSingle = only !== undefined && deployments.length === 1;
  const priced = stack.options.length > 1 || !isSingle ? stack.options : only.options;
  const planned = isSingle ? stack.bestPlan[0]?.option : plannedWhole(audit);
  const ways = priced.flatMap((each) =>
    wayOf(each, { planned, isSingle, isMade: isPlanMade(audit) }),
  );
  if (ways.length < 2) return [];
  return ways.toSorted((a, b) => compare(a.cost, b.cost) || Number(b.isPlan) - Number(a.isPlan));
}

/** `keep` if the plan changes nothing, otherwise the plan itself. */
function plannedWhole({ stack }: Audit): Priced['option'] {
  return stack.bestPlan.every(({ option }) => option === 'keep') ? 'keep' : 'best plan';
}

interface Told {
  readonly planned: Priced['option'] | undefined;
  readonly isSingle: boolean;
  /** False if the best plan is known, but not advised. */
  readonly isMade: boolean;
}

function wayOf(priced: Priced, { planned, isSingle, isMade }: Told): StackOption[] {
  const { option } = priced;
  const cost = knownAmount(priced.costUsd);
  const isTwice = option === 'best plan' && planned !== 'best plan';
  if (option === 'spot' || isTwice || cost === undefined) return [];
  const saving = knownAmount(priced.savingUsd) ?? ZERO;
  const isPlan = option === planned;
  const name = isSingle && option !== 'best plan' ? option : stackOptionName(option, isMade);
  const interval = intervalOf(priced, cost, saving);
  return [
    {
      name: capital(isPlan && option !== 'best plan' ? `${name} (${planName(isMade)})` : name),
      isPlan,
      isKeep: option === 'keep',
      cost,
      saving,
      ...(interval === undefined ? {} : { interval }),
    },
  ];
}

/** The cost's interval: the cost of keeping less each end of the saving. */
function intervalOf({ low, high }: Priced, cost: Exact, saving: Exact): StackOption['interval'] {
  const [least, most] = [knownAmount(low), knownAmount(high)];
  if (least === undefined || most === undefined || compare(least, most) === 0) return undefined;
  const keepUsd = add(cost, saving);
  return [subtract(keepUsd, most), subtract(keepUsd, least)];
}
