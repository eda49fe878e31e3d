/** The runs of one resource as charges by UTC day, each with what may have been billed instead. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { exact } from '../../domain/exact.ts';
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
import { divideRounded } from '../../domain/rounding.ts';
import { GONE, isLogged, type UptimeRule } from '../../domain/uptime.ts';
import type { PricedStretch } from './prices.ts';
import type { Stretch } from '../../domain/timeline.ts';

export interface RebuiltCharge {
  readonly charge: Charge;
  /** What may have been billed for it: `low <= billed <= high`. */
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
 * Units that are begun count, from the start of a run: of minutes 90 s are two. A minute belongs to
 * the day and to the price in which it begins. An instance at $35.92 an hour that ran from 23:30 to
 * 00:45 is $17.96 on the first day and $26.94 on the second. Without any price there are no
 * charges.
 */
export function chargesOf(
  one: PricedResource,
  { all, window }: { readonly all: readonly Stretch[]; readonly window: Period },
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

/** What may have run besides on the day belongs to the first charge of the day. */
function boundsOf(
  { billed, period }: Charge,
  {
    all,
    prices,
    count,
  }: Pick<PricedResource, 'prices'> & { all: readonly Stretch[]; count: number },
) {
  const dayMs = dayStartMs(period.startMs);
  const day = { startMs: dayMs, endMs: dayMs + DAY_MS };
  const besides = count === 1 ? all.filter(({ certainty }) => certainty === 'possible') : [];
  const { less, more } = doubtOf(all, prices, period);
  const also = doubtOf(besides, prices, day).more;
  const low = less < billed ? billed - less : 0n;
  return { low: nanoUsd(low), high: nanoUsd(billed + more + also) };
}

/** Stretches that are charged and follow one another are one run. */
function runsOf(stretches: readonly Stretch[]): Period[] {
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
  /** Which run of its day it is, from 1. */
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
  // At no price nothing is charged: what it may cost at most is in the bounds of all.
  if (units === 0n || amount === 0n) return undefined;
  const since = instantText(dayStartMs(period.startMs));
  const suffix = count === 1 ? '' : `/${count}`;
  return {
    sourceId: sightings[0]?.sourceId ?? '',
    key: `${rule.keyPrefix}${encodeURIComponent(resourceId)}/${since}${suffix}`,
    resourceId,
    ...describedBy(sightings),
    category: 'compute',
    pricingClass: rule.pricingClass,
    period,
    billed: nanoUsd(divideRounded(amount * unitMs, HOUR, 'half-even')),
    quantity: exact(units * unitMs, HOUR),
    unit: 'Hours',
    basis: 'uptime',
  };
}

/** As lists described it last; the log knows less. */
function describedBy(sightings: readonly Resource[]) {
  const listed = sightings.filter(({ status }) => status !== GONE && !isLogged(status));
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
 * How much less and how much more than what is charged may have been billed in a period, in whole
 * nano-dollars, rounded up: a minute in which it may or may not have run at $3 an hour is $0.05
 * more.
 */
export function doubtOf(
  stretches: readonly Stretch[],
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

/** Milliseconds of the stretches that are charged. */
export function chargedMs(stretches: readonly Stretch[]): number {
  return stretches.reduce(
    (sum, stretch) => sum + (stretch.certainty === 'possible' ? 0 : durationMs(stretch)),
    0,
  );
}
