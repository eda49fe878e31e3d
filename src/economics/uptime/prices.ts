/** Computes the hourly price of one resource over time from samples. */

import type { Resource } from '../../domain/charge.ts';
import type { Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';

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
