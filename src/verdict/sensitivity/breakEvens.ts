/** Computes break-evens: the value of each input at which a change saves nothing. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  multiply,
  negate,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { isGpuSpendKnown } from '../judge/deploymentReasons.ts';
import {
  compareDeployment,
  comparePlan,
  computeCurrentInputs,
  type CurrentInputs,
  type PlanComparison,
} from './planComparison.ts';
import type { BreakEvenInputCode, InputBreakEven, SolvedBreakEven } from './inputEffect.ts';
import { findTokenBreakEvens } from './tokenBreakEvens.ts';
import { type Assumptions, BASE_ASSUMPTIONS, type RangeReader } from '../../economics/options.ts';
import {
  gpuFactorAt,
  latestContractEnd,
  leastUsdPerHour,
  sumGpuSpend,
} from '../../economics/bill/contract.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

/**
 * Break-evens of one option against keeping, nearest first. The option must have a price. In the
 * worked example deleting breaks even at $0.544872 per million tokens, which is 2.998447 more than
 * today's as 1.
 */
export function findDeploymentBreakEvens(
  economics: StackEconomics,
  deployment: DeploymentEconomics,
  option: OptionName,
): InputBreakEven[] {
  return breakEvensOf(compareDeployment(deployment, option), economics);
}

/**
 * Break-evens of a plan against keeping everything. Each input changes for all deployments at once.
 */
export function findStackBreakEvens(
  economics: StackEconomics,
  picks: readonly PlanPick[],
): InputBreakEven[] {
  return breakEvensOf(comparePlan(economics, picks), economics);
}

/** Empty if the GPU spend of a changed deployment is unknown. */
function breakEvensOf(contest: PlanComparison, economics: StackEconomics): InputBreakEven[] {
  const { changed } = contest;
  if (!changed.every(({ deployment }) => isGpuSpendKnown(deployment))) return [];
  if (changed.length === 0) return [];
  const today = computeCurrentInputs(contest, economics);
  const solved = [
    ...findTokenBreakEvens(contest, today),
    ...findLinearBreakEvens(contest, today, economics),
  ];
  return solved.map(withChange).sort(byDistance);
}

function withChange(flip: SolvedBreakEven): InputBreakEven {
  if (isZero(flip.today)) return flip;
  return { ...flip, change: subtract(divide(flip.flipsAt, flip.today), ONE) };
}

/** Break-evens without a relative change, because today's value is 0, come last. */
function byDistance({ change: a }: InputBreakEven, { change: b }: InputBreakEven): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(size(a), size(b));
}

function size(change: Exact): Exact {
  return change.num < 0n ? negate(change) : change;
}

/** Two evaluations per input suffice: at 0 and at 1. */
function findLinearBreakEvens(
  contest: PlanComparison,
  today: CurrentInputs,
  { laborUsdPerHour }: StackEconomics,
): SolvedBreakEven[] {
  const { hostedUsdPerMtok, cacheShare } = today;
  const lines: readonly LinearInput[] = [
    {
      code: 'hosted-price',
      ...factor(hostedUsdPerMtok, (hostedPrice) => ({ ...BASE_ASSUMPTIONS, hostedPrice })),
    },
    { code: 'ops-hours', ...hours(contest, today, laborUsdPerHour) },
    {
      code: 'cache-share',
      today: cacheShare,
      worldAt: (share) => ({ ...BASE_ASSUMPTIONS, cacheShare: () => share }),
      most: ONE,
    },
  ];
  return [
    ...lines.flatMap((line) => solveBreakEven(contest, line)),
    ...findGpuBreakEvens(contest, today),
  ];
}

/** An input of 0 today has no break-even, because no factor changes it. */
function factor(today: Exact | undefined, worldAt: (factor: Exact) => Assumptions) {
  if (today === undefined || isZero(today)) return { today: undefined, worldAt };
  return { today, worldAt: (value: Exact) => worldAt(divide(value, today)) };
}

/**
 * Scales all hours in proportion. If there are none today, only a single deployment's hours can be
 * set.
 */
function hours(
  { selfHosted }: PlanComparison,
  { opsHours }: CurrentInputs,
  laborUsdPerHour: Exact,
) {
  const isOne = selfHosted.length === 1;
  const readAt = (value: Exact): RangeReader =>
    isOne || opsHours === undefined
      ? () => multiply(value, laborUsdPerHour)
      : ({ base }) => multiply(base, divide(value, opsHours));
  const isUnset = !isOne && opsHours !== undefined && isZero(opsHours);
  return {
    today: isUnset ? undefined : opsHours,
    worldAt: (value: Exact): Assumptions => ({ ...BASE_ASSUMPTIONS, selfHosted: readAt(value) }),
  };
}

/** An input that can take any value from 0 on. */
export interface LinearInput {
  readonly code: BreakEvenInputCode;
  readonly today: Exact | undefined;
  readonly worldAt: (value: Exact) => Assumptions;
  readonly most?: Exact;
}

/** Empty if the line is level, or crosses 0 outside the input's range. */
function solveBreakEven(
  contest: PlanComparison,
  { code, today, worldAt, most }: LinearInput,
): SolvedBreakEven[] {
  if (today === undefined) return [];
  const flipsAt = zeroOf((value) => contest.savingIn(worldAt(value)));
  if (flipsAt === undefined || flipsAt.num < 0n) return [];
  return most && compare(flipsAt, most) > 0 ? [] : [{ code, today, flipsAt }];
}

/**
 * The zero of a straight line, from its values at 0 and 1. `undefined` if it is level. 6 at 0 and 4
 * at 1 is zero at 3.
 */
function zeroOf(line: (at: Exact) => Exact): Exact | undefined {
  const start = line(ZERO);
  const fall = subtract(start, line(ONE));
  return isZero(fall) ? undefined : divide(start, fall);
}

const CODE = 'gpu-rate';

/**
 * Break-even of our own GPU rate, with market rates unchanged. With $3.00 of $6.00 for 4 hours
 * fixed by a contract, $1.20 an hour is a factor of 0.6 on the rest. A break-even below the fixed
 * $0.75 is out of reach, and so is one that needs a fixed price to change. It is then computed for
 * the time after the contract.
 */
function findGpuBreakEvens(
  contest: PlanComparison,
  { gpuUsdPerHour: today }: CurrentInputs,
): SolvedBreakEven[] {
  if (today === undefined || isZero(today)) return [];
  const rent = sumGpuSpend(contest.deployments);
  const worldAt = (value: Exact): Assumptions => {
    const ownGpu = gpuFactorAt(rent, value);
    return ownGpu === undefined ? BASE_ASSUMPTIONS : { ...BASE_ASSUMPTIONS, ownGpu };
  };
  const found = solveBreakEven(contest, { code: CODE, today, worldAt });
  const contracts = contest.deployments.flatMap(({ contract }) => contract ?? []);
  if (contracts.length === 0) return found;
  const isReached = found.some(({ flipsAt }) => isReachable(gpuFactorAt(rent, flipsAt)));
  const untilMs = latestContractEnd(contracts);
  const contract: FixedRate = {
    leastUsdPerHour: leastUsdPerHour(rent) ?? ZERO,
    ...(untilMs === undefined ? {} : { untilMs }),
    isBeyond: !isReached,
  };
  const flips = isReached
    ? found
    : solveBreakEven(contest, { code: CODE, today, ...afterwards(contest) });
  return flips.map((flip) => ({ ...flip, contract }));
}

function isReachable(factor: Exact | undefined): boolean {
  return factor !== undefined && factor.num >= 0n;
}

/** After the contracts end, their charges count as GPU spend too. */
function afterwards({ deployments }: PlanComparison) {
  const { hours, usd } = sumGpuSpend(deployments);
  const charges = sum(deployments.flatMap(({ contract }) => contract?.chargesUsd ?? []));
  const rateThen = divide(add(usd, charges), hours);
  return {
    worldAt: (value: Exact): Assumptions => {
      const ownGpu = isZero(rateThen) ? value : divide(value, rateThen);
      return { ...BASE_ASSUMPTIONS, ownGpu, contracts: 'over' };
    },
  };
}
