/** Lists the inputs of a plan's saving, with figures and assumptions at both ends. */

import { divide, type Exact, sum, toDecimal } from '../../domain/exact.ts';
import type { AssumedRange } from '../../economics/input.ts';
import { BASE_ASSUMPTIONS, readRangeEnd, type Assumptions } from '../../economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { RatioText } from '../auditWord.ts';
import type { PlanComparison } from './contest.ts';
import type { EffectDetail } from './effect.ts';
import { changeText, GPU_RATE_RANGE, HOSTED_PRICE_RANGE, type FactorRange } from './shifts.ts';
import { weekSwing } from './weeks.ts';

type End = keyof AssumedRange;

export interface InputEnds {
  readonly detail: EffectDetail;
  readonly at: { readonly low: Assumptions; readonly high: Assumptions };
}

/** All inputs except the provider, which differs by deployment. */
export function listInputEnds(contest: PlanComparison, economics: StackEconomics): InputEnds[] {
  const deployments = contest.changed.map(({ deployment }) => deployment);
  const swing = weekSwing(deployments, economics.window);
  return [
    ...hoursEnds(contest, economics),
    ...cacheEnds(deployments[0]),
    shiftEnds('hosted-price', HOSTED_PRICE_RANGE, (hostedPrice) => ({ hostedPrice })),
    shiftEnds('gpu-rate', GPU_RATE_RANGE, (factor) => ({ ownGpu: factor, marketGpu: factor })),
    ...(swing ? [shiftEnds('tokens', swing, (tokens) => ({ tokens }))] : []),
  ];
}

/** Engineering hours. Empty if the hourly cost is 0. */
function hoursEnds(contest: PlanComparison, { laborUsdPerHour }: StackEconomics): InputEnds[] {
  if (laborUsdPerHour.num <= 0n) return [];
  const hours = (usdAt: (end: End) => Exact) => ({
    lowHours: text(divide(usdAt('low'), laborUsdPerHour)),
    baseHours: text(divide(usdAt('base'), laborUsdPerHour)),
    highHours: text(divide(usdAt('high'), laborUsdPerHour)),
  });
  const own = hours((end) => sum(contest.selfHosted.map((range) => range[end])));
  const hosting = hours((end) => contest.hostingUsd(readRangeEnd(end)));
  return [
    {
      detail: { code: 'self-hosted-hours', ...own },
      at: worlds((end) => ({ selfHosted: readRangeEnd(end) })),
    },
    {
      detail: { code: 'hosting-hours', ...hosting },
      at: worlds((end) => ({ hosted: readRangeEnd(end) })),
    },
  ];
}

/** Cache hits. All deployments have the same share. */
function cacheEnds(deployment: DeploymentEconomics | undefined): InputEnds[] {
  if (deployment === undefined) return [];
  const { low, base, high } = deployment.cacheRealization;
  const shares = { lowShare: text(low), baseShare: text(base), highShare: text(high) };
  const ends = worlds((end) => ({ cacheShare: readRangeEnd(end) }));
  return [{ detail: { code: 'cache-share', ...shares }, at: ends }];
}

function shiftEnds(
  code: 'hosted-price' | 'gpu-rate' | 'tokens',
  shift: FactorRange,
  change: (factor: Exact) => Partial<Assumptions>,
): InputEnds {
  const ends = { lowChange: changeText(shift.low), highChange: changeText(shift.high) };
  return { detail: { code, ...ends }, at: worlds((end) => change(shift[end])) };
}

function worlds(change: (end: 'low' | 'high') => Partial<Assumptions>) {
  return {
    low: { ...BASE_ASSUMPTIONS, ...change('low') },
    high: { ...BASE_ASSUMPTIONS, ...change('high') },
  };
}

function text(value: Exact): RatioText {
  return toDecimal(value, 6);
}
