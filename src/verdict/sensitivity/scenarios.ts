/** Computes the saving of a plan, and of the best plan, at lower or higher prices. */

import { type Exact, subtract } from '../../domain/exact.ts';
import { lastEnd } from '../../economics/bill/contract.ts';
import { withBestHybrids } from '../../economics/option/bestHybrid.ts';
import { AT_BASE, type World } from '../../economics/options.ts';
import { bestPlan, type Pick, planUsd } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { changes } from '../judge/stackPlan.ts';
import type { ScenarioDetail } from './effect.ts';
import { changeText, GPU_SHIFT, HOSTED_SHIFT } from './shifts.ts';

export interface Scenario {
  readonly detail: ScenarioDetail;
  readonly savingUsd: Exact;
  /** Saving of the cheapest plan at those prices. */
  readonly bestSavingUsd: Exact;
  /** The same in a window after the last contract ends. Absent if no contract fixes a price. */
  readonly afterContracts?: AfterContracts;
}

export interface AfterContracts {
  readonly savingUsd: Exact;
  readonly bestSavingUsd: Exact;
  /** Absent if a reserved-capacity contract states no end. */
  readonly untilMs?: number;
}

export interface ScenarioTerms {
  /** The plan, which stays unchanged. */
  readonly picks: readonly Pick[];
  /** Deployments that are kept whatever they cost. */
  readonly kept: ReadonlySet<string>;
}

/**
 * Both savings are over keeping everything at the same prices. In the worked example GPUs at 30%
 * less leave $4.574175 of the $6.374175 that deleting saves.
 */
export function scenarios(economics: StackEconomics, terms: ScenarioTerms): Scenario[] {
  return WORLDS.map(({ detail, world, isGpu }) => {
    const after = isGpu ? afterContracts(economics, terms, world) : undefined;
    return {
      detail,
      ...savingsIn(world, economics, terms),
      ...(after === undefined ? {} : { afterContracts: after }),
    };
  });
}

/** The best plan may use another number of always-on replicas. The given plan keeps its own. */
function savingsIn(world: World, economics: StackEconomics, { picks, kept }: ScenarioTerms) {
  const keepUsd = planUsd(economics, [], world);
  const best = bestPlan(withBestHybrids(economics, world), {
    kept,
    world,
    changes: (deployment) => changes(deployment, world),
  });
  return {
    savingUsd: subtract(keepUsd, planUsd(economics, picks, world)),
    bestSavingUsd: subtract(keepUsd, best.usd),
  };
}

/** The savings after the last contract ends. `undefined` if no contract is in force. */
export function afterContracts(
  economics: StackEconomics,
  terms: ScenarioTerms,
  world: World = AT_BASE,
): AfterContracts | undefined {
  const contracts = economics.deployments.flatMap(({ contract }) => contract ?? []);
  if (contracts.length === 0) return undefined;
  const untilMs = lastEnd(contracts);
  const over: World = { ...world, contracts: 'over' };
  return { ...savingsIn(over, economics, terms), ...(untilMs === undefined ? {} : { untilMs }) };
}

const WORLDS = [
  ...[HOSTED_SHIFT.low, HOSTED_SHIFT.high].map((hostedPrice) => ({
    detail: priceChange('hosted-price', hostedPrice),
    world: { ...AT_BASE, hostedPrice } satisfies World,
    isGpu: false,
  })),
  ...[GPU_SHIFT.low, GPU_SHIFT.high].map((factor) => ({
    detail: priceChange('gpu-rate', factor),
    world: { ...AT_BASE, ownGpu: factor, marketGpu: factor } satisfies World,
    isGpu: true,
  })),
];

function priceChange(input: ScenarioDetail['input'], factor: Exact): ScenarioDetail {
  return { code: 'price-change', input, change: changeText(factor) };
}
