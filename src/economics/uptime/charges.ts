/** Turns the runs of one resource into charges by UTC day, with lower and upper bounds. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { exact, divideRounded } from '../../domain/exact.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import {
  DAY_MS,
  dayStartMs,
  durationMs,
  HOUR_MS,
  instantText,
  intersection,
  overlapMs,
  type Period,
  splitByDay,
} from '../../domain/period.ts';
import {
  GONE_STATUS,
  isEventStatus,
  type UptimeRule,
  type UptimeStretch,
} from '../../domain/uptime.ts';
import type { GpuRate } from '../../domain/price.ts';

export interface RebuiltCharge {
  readonly charge: Charge;
  /** Bounds of the billed amount: `low <= billed <= high`. */
  readonly low: NanoUsd;
  readonly high: NanoUsd;
}

export interface PricedResource {
  readonly resourceId: string;
  /** Oldest first. */
  readonly sightings: readonly Resource[];
  readonly prices: readonly PricedStretch[];
  readonly rule: UptimeRule;
}

const HOUR = BigInt(HOUR_MS);

/**
 * Charges by day. Started units count, from the start of a run: 90 s are two minutes. A minute
 * belongs to the day and the price at its start. An instance at $35.92 an hour that ran from 23:30
 * to 00:45 is $17.96 on the first day and $26.94 on the second. Without any price there are no
 * charges.
 */
export function chargeRuns(
  one: PricedResource,
  { all, window }: { readonly all: readonly UptimeStretch[]; readonly window: Period },
): RebuiltCharge[] {
  if (one.prices.length === 0) return [];
  const charges: RebuiltCharge[] = [];
  const perDay = new Map<number, number>();
  for (const run of runsOf(all)) {
    const shared = intersection(run, window);
    for (const period of shared === undefined ? [] : splitByDay(shared)) {
      const dayMs = dayStartMs(period.startMs);
      const count = (perDay.get(dayMs) ?? 0) + 1;
      const charge = chargeOf(one, { run, period, count });
      if (charge === undefined) continue;
      perDay.set(dayMs, count);
      charges.push({ charge, ...boundsOf(charge, { all, prices: one.prices, count }) });
    }
  }
  return charges;
}

/** Possible other runs of the day count in the first charge of the day. */
function boundsOf(
  { billed, period }: Charge,
  {
    all,
    prices,
    count,
  }: Pick<PricedResource, 'prices'> & { all: readonly UptimeStretch[]; count: number },
) {
  const dayMs = dayStartMs(period.startMs);
  const day = { startMs: dayMs, endMs: dayMs + DAY_MS };
  const besides = count === 1 ? all.filter(({ certainty }) => certainty === 'possible') : [];
  const { less, more } = billedBounds(all, prices, period);
  const also = billedBounds(besides, prices, day).more;
  const low = less < billed ? billed - less : 0n;
  return { low: nanoUsd(low), high: nanoUsd(billed + more + also) };
}

/** Joins consecutive charged stretches to runs. */
function runsOf(stretches: readonly UptimeStretch[]): Period[] {
  const runs: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs, certainty } of stretches) {
    if (certainty === 'possible') continue;
    const last = runs.at(-1);
    if (last?.endMs === startMs) last.endMs = endMs;
    else runs.push({ startMs, endMs });
  }
  return runs;
}

interface DayOfRun {
  readonly run: Period;
  readonly period: Period;
  /** Number of the run in its day, from 1. */
  readonly count: number;
}

function chargeOf(one: PricedResource, { run, period, count }: DayOfRun): Charge | undefined {
  const { resourceId, sightings, prices, rule } = one;
  const unitMs = BigInt(rule.unitMs);
  const unitsUpTo = (ms: number) => Math.ceil((ms - run.startMs) / rule.unitMs);
  let [units, amount] = [0n, 0n];
  for (const price of prices) {
    const shared = intersection(price, period);
    if (shared === undefined) continue;
    const begun = BigInt(unitsUpTo(shared.endMs) - unitsUpTo(shared.startMs));
    units += begun;
    amount += price.nanoUsd * begun;
  }
  // At a price of 0 there is no charge; the maximum cost is in the bounds of all.
  if (units === 0n || amount === 0n) return undefined;
  const since = instantText(dayStartMs(period.startMs));
  const suffix = count === 1 ? '' : `/${count}`;
  return {
    sourceId: sightings[0]?.sourceId ?? '',
    key: `${rule.keyPrefix}${encodeURIComponent(resourceId)}/${since}${suffix}`,
    resourceId,
    ...describe(sightings),
    category: 'compute',
    pricingClass: rule.pricingClass,
    period,
    billed: nanoUsd(divideRounded(amount * unitMs, HOUR, 'half-even')),
    quantity: exact(units * unitMs, HOUR),
    unit: 'Hours',
    basis: 'uptime',
  };
}

/** The newest description in lists; an event log has less detail. */
function describe(sightings: readonly Resource[]) {
  const listed = sightings.filter(({ status }) => status !== GONE_STATUS && !isEventStatus(status));
  const shown = listed.length > 0 ? listed : sightings;
  const name = shown.findLast((one) => one.name !== one.resourceId)?.name;
  const gpuType = shown.findLast((one) => one.gpuType !== undefined)?.gpuType;
  const gpuCount = shown.findLast((one) => one.gpuCount !== undefined)?.gpuCount;
  return {
    ...(name === undefined ? {} : { resourceName: name }),
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(gpuCount === undefined ? {} : { gpuCount }),
  };
}

/**
 * How much less and more than the charged amount may have been billed in a period, in nano-dollars,
 * rounded up: a minute of possible running at $3 an hour is $0.05 more.
 */
export function billedBounds(
  stretches: readonly UptimeStretch[],
  prices: readonly PricedStretch[],
  period: Period,
): { readonly less: bigint; readonly more: bigint } {
  let [less, more] = [0n, 0n];
  for (const stretch of stretches) {
    const within = intersection(stretch, period);
    if (within === undefined) continue;
    for (const price of prices) {
      if (overlapMs(price, within) === 0) continue;
      const ms = BigInt(overlapMs(price, within));
      if (stretch.certainty === 'possible') more += ms * price.high;
      else {
        more += ms * (price.high - price.nanoUsd);
        less += ms * (stretch.certainty === 'presumed' ? price.nanoUsd : price.nanoUsd - price.low);
      }
    }
  }
  const up = (amount: bigint) => divideRounded(amount, HOUR, 'ceiling');
  return { less: up(less), more: up(more) };
}

/** Milliseconds of charged stretches. */
export function chargedMs(stretches: readonly UptimeStretch[]): number {
  return stretches.reduce(
    (sum, stretch) => sum + (stretch.certainty === 'possible' ? 0 : durationMs(stretch)),
    0,
  );
}

/** A stretch with a known hourly price; whole nano-dollars for the whole resource. */
export interface PricedStretch extends Period {
  readonly nanoUsd: bigint;
  /** Bounds if a new price may have been in force already. */
  readonly low: bigint;
  readonly high: bigint;
  /** Set if the price was first sampled later. */
  readonly isEarly?: true;
}

interface Step {
  readonly atMs: number;
  readonly nanoUsd: bigint;
}

/**
 * Prices over all time, oldest first; empty if no price is known. A price is in force from the
 * sample that first showed it. Between the sample before and that one either may apply. A resource
 * never listed with a price has the rate of its GPU type.
 */
export function computePriceStretches(
  sightings: readonly Resource[],
  rates: readonly GpuRate[],
  listedAtMs: readonly number[],
): PricedStretch[] {
  const sampled = sightings.flatMap(({ usdPerHour, seenAtMs }) =>
    usdPerHour === undefined ? [] : [{ atMs: seenAtMs, nanoUsd: BigInt(usdPerHour) }],
  );
  const steps = changesIn(sampled.length > 0 ? sampled : ratedSteps(sightings, rates));
  const stretches: PricedStretch[] = [];
  const [first] = steps;
  if (first === undefined) return stretches;
  const { nanoUsd } = first;
  const before = { startMs: Number.NEGATIVE_INFINITY, endMs: first.atMs };
  stretches.push({ ...before, nanoUsd, low: nanoUsd, high: nanoUsd, isEarly: true });
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1];
    const known = { nanoUsd: step.nanoUsd, low: step.nanoUsd, high: step.nanoUsd };
    if (next === undefined) {
      stretches.push({ startMs: step.atMs, endMs: Number.POSITIVE_INFINITY, ...known });
      continue;
    }
    const certainUntilMs =
      listedAtMs.findLast((ms) => ms >= step.atMs && ms < next.atMs) ?? step.atMs;
    const [low, high] =
      step.nanoUsd < next.nanoUsd ? [step.nanoUsd, next.nanoUsd] : [next.nanoUsd, step.nanoUsd];
    if (step.atMs < certainUntilMs)
      stretches.push({ startMs: step.atMs, endMs: certainUntilMs, ...known });
    stretches.push({ startMs: certainUntilMs, endMs: next.atMs, nanoUsd: step.nanoUsd, low, high });
  }
  return stretches;
}

function ratedSteps(sightings: readonly Resource[], rates: readonly GpuRate[]): Step[] {
  const gpuType = sightings.findLast((one) => one.gpuType !== undefined)?.gpuType;
  const gpuCount = sightings.findLast((one) => one.gpuCount !== undefined)?.gpuCount;
  if (gpuType === undefined || gpuCount === undefined) return [];
  return rates
    .filter((rate) => rate.gpuType === gpuType)
    .map(({ validFromMs, usdPerGpuHour }) => ({
      atMs: validFromMs,
      nanoUsd: usdPerGpuHour * BigInt(gpuCount),
    }))
    .sort((a, b) => a.atMs - b.atMs);
}

function changesIn(steps: readonly Step[]): Step[] {
  return steps.filter((step, at) => steps[at - 1]?.nanoUsd !== step.nanoUsd);
}
