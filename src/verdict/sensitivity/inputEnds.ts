/** Lists the inputs of a plan's saving, with figures and assumptions at both ends. */

import { divide, type Exact, sum, toDecimal } from '../../domain/exact.ts';
import type { Range } from '../../economics/input.ts';
import { AT_BASE, at, type World } from '../../economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { RatioText } from '../auditWord.ts';
import type { Contest } from './contest.ts';
import type { EffectDetail } from './effect.ts';
import { changeText, GPU_SHIFT, HOSTED_SHIFT, type Shift } from './shifts.ts';
import { weekSwing } from './weeks.ts';

type End = keyof Range;

export interface InputEnds {
  readonly detail: EffectDetail;
  readonly at: { readonly low: World; readonly high: World };
}

/** All inputs except the provider, which differs by deployment. */
export function inputEnds(contest: Contest, economics: StackEconomics): InputEnds[] {
  const deployments = contest.changed.map(({ deployment }) => deployment);
  const swing = weekSwing(deployments, economics.window);
  return [
    ...hoursEnds(contest, economics),
    ...cacheEnds(deployments[0]),
    shiftEnds('hosted-price', HOSTED_SHIFT, (hostedPrice) => ({ hostedPrice })),
    shiftEnds('gpu-rate', GPU_SHIFT, (factor) => ({ ownGpu: factor, marketGpu: factor })),
    ...(swing ? [shiftEnds('tokens', swing, (tokens) => ({ tokens }))] : []),
  ];
}

/** Engineering hours. Empty if the hourly cost is 0. */
function hoursEnds(contest: Contest, { laborUsdPerHour }: StackEconomics): InputEnds[] {
  if (laborUsdPerHour.num <= 0n) return [];
  const hours = (usdAt: (end: End) => Exact) => ({
    lowHours: text(divide(usdAt('low'), laborUsdPerHour)),
    baseHours: text(divide(usdAt('base'), laborUsdPerHour)),
    highHours: text(divide(usdAt('high'), laborUsdPerHour)),
  });
  const own = hours((end) => sum(contest.selfHosted.map((range) => range[end])));
  const hosting = hours((end) => contest.hostingUsd(at(end)));
  return [
    {
      detail: { code: 'self-hosted-hours', ...own },
      at: worlds((end) => ({ selfHosted: at(end) })),
    },
    { detail: { code: 'hosting-hours', ...hosting }, at: worlds((end) => ({ hosted: at(end) })) },
  ];
}

/** Cache hits. All deployments have the same share. */
function cacheEnds(deployment: DeploymentEconomics | undefined): InputEnds[] {
  if (deployment === undefined) return [];
  const { low, base, high } = deployment.cacheRealization;
  const shares = { lowShare: text(low), baseShare: text(base), highShare: text(high) };
  const ends = worlds((end) => ({ cacheShare: at(end) }));
  return [{ detail: { code: 'cache-share', ...shares }, at: ends }];
}

function shiftEnds(
  code: 'hosted-price' | 'gpu-rate' | 'tokens',
  shift: Shift,
  change: (factor: Exact) => Partial<World>,
): InputEnds {
  const ends = { lowChange: changeText(shift.low), highChange: changeText(shift.high) };
  return { detail: { code, ...ends }, at: worlds((end) => change(shift[end])) };
}

function worlds(change: (end: 'low' | 'high') => Partial<World>) {
  return { low: { ...AT_BASE, ...change('low') }, high: { ...AT_BASE, ...change('high') } };
}

function text(value: Exact): RatioText {
  return toDecimal(value, 6);
}
