/**
 * Computes the saving of a plan, and of the best plan, at lower or higher prices, and how far
 * prices can move in a quarter.
 */

import { type Exact, exact, ONE, subtract, toDecimal } from '../../domain/exact.ts';
import { latestContractEnd } from '../../economics/bill/contract.ts';
import { withBestHybrids } from '../../economics/scenarios.ts';
import { type Assumptions, BASE_ASSUMPTIONS } from '../../economics/options.ts';
import { bestPlan, type PlanPick, planUsd } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { openChanges } from '../judge/stackPlan.ts';
import type { ScenarioDetail } from './inputEffect.ts';
import type { RatioText } from '../../domain/figures.ts';

/** Factors on today's value. */
export interface FactorRange {
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * The price of one checkpoint at a provider: no expected drift, most monthly changes within 30%,
 * more of them up than down.
 */
export const HOSTED_PRICE_RANGE: FactorRange = { low: exact(7n, 10n), high: exact(13n, 10n) };

/** Rates of one GPU model fell by half in two years, then rose by 38 to 40% in five months. */
export const GPU_RATE_RANGE: FactorRange = { low: exact(7n, 10n), high: exact(14n, 10n) };

/** `-0.300000` for 0.7, `0.125000` for 1.125. */
export function changeText(factor: Exact): RatioText {
  return toDecimal(subtract(factor, ONE), 6);
}

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
  readonly picks: readonly PlanPick[];
  /** Deployments that are kept whatever they cost. */
  readonly kept: ReadonlySet<string>;
}

/**
 * Both savings are over keeping everything at the same prices. In the worked example GPUs at 30%
 * less leave $4.574175 of the $6.374175 that deleting saves.
 */
export function computeScenarios(economics: StackEconomics, terms: ScenarioTerms): Scenario[] {
  return WORLDS.map(({ detail, world, isGpu }) => {
    const after = isGpu ? savingsAfterContracts(economics, terms, world) : undefined;
    return {
      detail,
      ...savingsIn(world, economics, terms),
      ...(after === undefined ? {} : { afterContracts: after }),
    };
  });
}

/** The best plan may use another number of always-on replicas. The given plan keeps its own. */
function savingsIn(world: Assumptions, economics: StackEconomics, { picks, kept }: ScenarioTerms) {
  const keepUsd = planUsd(economics, [], world);
  const best = bestPlan(withBestHybrids(economics, world), {
    kept,
    world,
    changes: (deployment) => openChanges(deployment, world),
  });
  return {
    savingUsd: subtract(keepUsd, planUsd(economics, picks, world)),
    bestSavingUsd: subtract(keepUsd, best.usd),
  };
}

/** The savings after the last contract ends. `undefined` if no contract is in force. */
export function savingsAfterContracts(
  economics: StackEconomics,
  terms: ScenarioTerms,
  world: Assumptions = BASE_ASSUMPTIONS,
): AfterContracts | undefined {
  const contracts = economics.deployments.flatMap(({ contract }) => contract ?? []);
  if (contracts.length === 0) return undefined;
  const untilMs = latestContractEnd(contracts);
  const over: Assumptions = { ...world, contracts: 'over' };
  return { ...savingsIn(over, economics, terms), ...(untilMs === undefined ? {} : { untilMs }) };
}

const WORLDS = [
  ...[HOSTED_PRICE_RANGE.low, HOSTED_PRICE_RANGE.high].map((hostedPrice) => ({
    detail: priceChange('hosted-price', hostedPrice),
    world: { ...BASE_ASSUMPTIONS, hostedPrice } satisfies Assumptions,
    isGpu: false,
  })),
  ...[GPU_RATE_RANGE.low, GPU_RATE_RANGE.high].map((factor) => ({
    detail: priceChange('gpu-rate', factor),
    world: { ...BASE_ASSUMPTIONS, ownGpu: factor, marketGpu: factor } satisfies Assumptions,
    isGpu: true,
  })),
];

function priceChange(input: ScenarioDetail['input'], factor: Exact): ScenarioDetail {
  return { code: 'price-change', input, change: changeText(factor) };
}
