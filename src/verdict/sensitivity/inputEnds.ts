/** Knows the inputs of a plan's saving, with the worlds and the words of their ends. */

import { divide, type Exact, sum, toDecimal } from '../../domain/exact.ts';
import type { Range } from '../../economics/input.ts';
import { AT_BASE, at, type World } from '../../economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { Contest } from './contest.ts';
import { GPU_SHIFT, HOSTED_SHIFT, type Shift, shiftText } from './shifts.ts';
import { weekSwing } from './weeks.ts';

type End = keyof Range;

export interface InputEnds extends Readonly<Record<End, string>> {
  readonly input: string;
  readonly at: { readonly low: World; readonly high: World };
}

/** Hosts apart: each deployment has its own. */
export function inputEnds(contest: Contest, economics: StackEconomics): InputEnds[] {
  const deployments = contest.changed.map(({ deployment }) => deployment);
  const swing = weekSwing(deployments, economics.window);
  return [
    ...hoursEnds(contest, economics),
    ...cacheEnds(deployments[0]),
    shiftEnds('hosted price', HOSTED_SHIFT, (hostedPrice) => ({ hostedPrice })),
    shiftEnds('GPU rate', GPU_SHIFT, (factor) => ({ ownGpu: factor, marketGpu: factor })),
    ...(swing ? [shiftEnds('tokens', swing, (tokens) => ({ tokens }))] : []),
  ];
}

/** People's hours, where an hour has a price. */
function hoursEnds(contest: Contest, { laborUsdPerHour }: StackEconomics): InputEnds[] {
  if (laborUsdPerHour.num <= 0n) return [];
  const words = (usdAt: (end: End) => Exact) =>
    spelled((end) => `${short(divide(usdAt(end), laborUsdPerHour))} h`);
  const own = words((end) => sum(contest.selfHosted.map((range) => range[end])));
  const hosting = words((end) => contest.hostingUsd(at(end)));
  return [
    { input: 'self-hosted hours', ...own, at: worlds((end) => ({ selfHosted: at(end) })) },
    { input: 'hours for hosting', ...hosting, at: worlds((end) => ({ hosted: at(end) })) },
  ];
}

/** The share is the same for all deployments. */
function cacheEnds(deployment: DeploymentEconomics | undefined): InputEnds[] {
  if (deployment === undefined) return [];
  const { cacheRealization } = deployment;
  const words = spelled((end) => short(cacheRealization[end]));
  const ends = worlds((end) => ({ cacheShare: at(end) }));
  return [{ input: 'cache hits at the host', ...words, at: ends }];
}

function shiftEnds(
  input: string,
  shift: Shift,
  change: (factor: Exact) => Partial<World>,
): InputEnds {
  const words = { low: shiftText(shift.low), base: 'as measured', high: shiftText(shift.high) };
  return { input, ...words, at: worlds((end) => change(shift[end])) };
}

function worlds(change: (end: 'low' | 'high') => Partial<World>) {
  return { low: { ...AT_BASE, ...change('low') }, high: { ...AT_BASE, ...change('high') } };
}

function spelled(text: (end: End) => string) {
  return { low: text('low'), base: text('base'), high: text('high') };
}

/** Two decimals at most: `40`, `0.5`. */
function short(value: Exact): string {
  return toDecimal(value, 2).replace(/\.?0+$/, '');
}
