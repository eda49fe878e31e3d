/** Computes each input's effect on a plan's saving, at its low and its high end. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  ONE,
  smaller,
  subtract,
  sum,
  toDecimal,
  sumWhole,
} from '../../domain/exact.ts';
import {
  type Assumptions,
  BASE_ASSUMPTIONS,
  pricedOption,
  readRangeEnd,
} from '../../economics/options.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { DayEconomics, DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { comparePlan, type PlanComparison } from './planComparison.ts';
import { EFFECT_CODES, type EffectDetail, type InputEffect } from './inputEffect.ts';
import type { AssumedRange } from '../../economics/input.ts';
import type { RatioText } from '../../domain/figures.ts';
import { changeText, type FactorRange, GPU_RATE_RANGE, HOSTED_PRICE_RANGE } from './scenarios.ts';
import { usdText } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';

/**
 * Effects of single inputs on the saving of fixed picks, all others at base. Inputs without an
 * effect are left out. The largest effect comes first. In the worked example, deleting: hosted
 * prices 30% lower save $7.011922, 30% higher $5.736428. So they come before cache hits ($6.305600
 * and $6.442750).
 */
export function computeTornado(
  economics: StackEconomics,
  picks: readonly PlanPick[],
): InputEffect[] {
  const contest = comparePlan(economics, picks);
  const baseUsd = contest.savingIn(BASE_ASSUMPTIONS);
  const effects = [
    ...listInputEnds(contest, economics).map((ends) => effectOf(ends, contest.savingIn)),
    ...providerEffects(contest, baseUsd),
  ];
  return effects
    .map((effect) => ({ effect, spread: spreadOf(effect, baseUsd) }))
    .filter(({ spread }) => spread.num > 0n)
    .sort((a, b) => compare(b.spread, a.spread) || byCode(a.effect, b.effect))
    .map(({ effect }) => effect);
}

function effectOf(
  { at, detail }: InputEnds,
  savingIn: (world: InputEnds['at']['low']) => Exact,
): InputEffect {
  return { detail, savingAtLowUsd: savingIn(at.low), savingAtHighUsd: savingIn(at.high) };
}

/** The largest less the smallest saving, at both ends and at base. */
function spreadOf({ savingAtLowUsd, savingAtHighUsd }: InputEffect, baseUsd: Exact): Exact {
  const most = larger(larger(savingAtLowUsd, savingAtHighUsd), baseUsd);
  return subtract(most, smaller(smaller(savingAtLowUsd, savingAtHighUsd), baseUsd));
}

function byCode({ detail: a }: InputEffect, { detail: b }: InputEffect): number {
  return EFFECT_CODES.indexOf(a.code) - EFFECT_CODES.indexOf(b.code);
}

type End = keyof AssumedRange;

export interface InputEnds {
  readonly detail: EffectDetail;
  readonly at: { readonly low: Assumptions; readonly high: Assumptions };
}

/** All inputs except the provider, which differs by deployment. */
function listInputEnds(contest: PlanComparison, economics: StackEconomics): InputEnds[] {
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

/**
 * Each deployment uses its own providers' prices as a share of its chosen provider's price for all
 * tokens. A provider pinned in the config has no other ends.
 */
function providerEffects({ changed }: PlanComparison, baseUsd: Exact): InputEffect[] {
  const ends = changed.map(({ deployment, option }) => ({
    usd: pricedOption(deployment, option).hostedUsd,
    ...sharesOf(deployment),
  }));
  const moreAt = (end: 'low' | 'high') =>
    sum(ends.map((each) => multiply(each.usd, subtract(each[end], ONE))));
  const chosenUsd = sum(ends.map(({ usd }) => usd));
  const [low, high] = [moreAt('low'), moreAt('high')];
  return [
    {
      detail: {
        code: 'host',
        lowUsd: usdText(add(chosenUsd, low)),
        baseUsd: usdText(chosenUsd),
        highUsd: usdText(add(chosenUsd, high)),
      },
      savingAtLowUsd: subtract(baseUsd, low),
      savingAtHighUsd: subtract(baseUsd, high),
    },
  ];
}

/**
 * Ends over the chosen price: at $2.125825 with a most expensive price of $2.194400, the high end
 * is 1.032258.
 */
function sharesOf({ hosted }: DeploymentEconomics): { readonly low: Exact; readonly high: Exact } {
  const chosenUsd = hosted.chosen?.usd;
  if (hosted.isPinned || chosenUsd === undefined || chosenUsd.num <= 0n) {
    return { low: ONE, high: ONE };
  }
  const mostExpensiveUsd = hosted.considered.reduce(
    (most, { usd }) => larger(most, usd ?? most),
    chosenUsd,
  );
  return {
    low: divide(hosted.cheapest?.usd ?? chosenUsd, chosenUsd),
    high: divide(mostExpensiveUsd, chosenUsd),
  };
}

const DAYS_IN_WEEK = 7;
const FEWEST_WEEKS = 2;

/**
 * The lightest and the busiest week over the mean week. Only whole weeks with known usage count,
 * from the window's first whole day. `undefined` with fewer than two, or without tokens. Weeks of
 * 10, 20 and 30 million tokens range from 0.5 to 1.5.
 */
function weekSwing(
  deployments: readonly DeploymentEconomics[],
  window: Period,
): FactorRange | undefined {
  const weeks = knownWeeks(deployments, window).sort(compare);
  const [lightest, busiest] = [weeks[0], weeks.at(-1)];
  if (weeks.length < FEWEST_WEEKS || lightest === undefined || busiest === undefined) {
    return undefined;
  }
  const whole = weeks.reduce((all, { num }) => all + num, 0n);
  if (whole === 0n) return undefined;
  const mean = exact(whole, BigInt(weeks.length));
  return { low: divide(lightest, mean), high: divide(busiest, mean) };
}

/** Tokens of each known week. */
function knownWeeks(deployments: readonly DeploymentEconomics[], window: Period): Exact[] {
  const byDeployment = deployments.map(({ days }) => days.filter((day) => isWhole(day, window)));
  const count = Math.floor((byDeployment[0]?.length ?? 0) / DAYS_IN_WEEK);
  return Array.from({ length: count }, (_, week) =>
    byDeployment.map((days) => days.slice(week * DAYS_IN_WEEK, (week + 1) * DAYS_IN_WEEK)),
  ).flatMap((week) => (week.every(isKnown) ? [tokensOf(week.flat())] : []));
}

function isWhole({ dayMs }: DayEconomics, { startMs, endMs }: Period): boolean {
  return dayMs >= startMs && dayMs + DAY_MS <= endMs;
}

/** Usage covers at least 90% of the paid time. Missing data must not look like a lighter week. */
function isKnown(days: readonly DayEconomics[]): boolean {
  const paidNs = sumWhole(days.map((day) => day.paidNs));
  const coveredNs = sumWhole(days.map((day) => day.coveredNs));
  return coveredNs * 10n >= paidNs * 9n;
}

function tokensOf(days: readonly DayEconomics[]): Exact {
  return exactInteger(days.reduce((all, day) => all + day.promptTokens + day.outputTokens, 0));
}
