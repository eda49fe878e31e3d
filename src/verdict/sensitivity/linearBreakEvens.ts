/** Computes break-evens of inputs with a linear effect: prices, rates, hours, cache hits. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  multiply,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { type Assumptions, BASE_ASSUMPTIONS, type RangeReader } from '../../economics/options.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { PlanComparison } from './planComparison.ts';
import type { BreakEvenInputCode, SolvedBreakEven } from './inputBreakEven.ts';
import type { CurrentInputs } from './currentInputs.ts';
import {
  gpuFactorAt,
  latestContractEnd,
  leastUsdPerHour,
  sumGpuSpend,
} from '../../economics/bill/contract.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

/** Two evaluations per input suffice: at 0 and at 1. */
export function findLinearBreakEvens(
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
