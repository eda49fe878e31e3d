/** Types of a considered endpoint: its cost, its uncertainty, and its comparison with ours. */

import { compare, type Exact, exact, sumWhole } from '../../domain/exact.ts';
import type { HostLack } from '../lack.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostAvailability } from '../../domain/price.ts';

/** A cost that is linear in the share of our cache hits that would also hit at the hosted API. */
export interface CacheLinear {
  readonly atZeroUsd: Exact;
  readonly atOneUsd: Exact;
}

export interface ConsideredHost {
  readonly sourceId: string;
  readonly model: string;
  readonly host: string;
  readonly hostName?: string;
  readonly quantization: string;
  /** Present if eligible; otherwise `reason` is set. */
  readonly cost?: CacheLinear;
  /** At the base cache share. */
  readonly usd?: Exact;
  readonly reason?: HostLack;
}

/** Parts of the chosen endpoint's cost: tokens + requests - discount + fee. */
export interface CostLines {
  /** Tokens at standard prices, cache writes included. */
  readonly tokensUsd: Exact;
  readonly requestsUsd: Exact;
  /** Batch discount for tokens that may wait. */
  readonly batchDiscountUsd: Exact;
  /** The fee of a platform in between. */
  readonly feeUsd: Exact;
}

/** Uncertainty of the chosen endpoint's cost, at the base cache share. */
export interface PriceUncertainty {
  /**
   * `gap`: prices were not checked, and the next one differed. `prompt-size`: long prompts cost
   * more, and only their mean is known. `long-interval`: the price varies by hour, and a usage
   * interval is longer.
   */
  readonly code: 'gap' | 'prompt-size' | 'long-interval';
  /** Set for a gap. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** How much less and more it may cost: at most 0, and at least 0. */
  readonly lessUsd: Exact;
  readonly moreUsd: Exact;
}

/** `other` has as many bits per weight in another format, or is unknown. */
export type PrecisionComparison = 'same' | 'lower' | 'higher' | 'other';

/** The chosen endpoint compared with our deployment; unstated values are absent. Never priced. */
export interface HostParity extends AvailabilityFigures {
  readonly quantization: string;
  /** The precision we serve; absent if unknown. */
  readonly ownPrecision?: string;
  /** The endpoint's precision compared with ours; absent if either is unknown. */
  readonly precision?: PrecisionComparison;
  readonly contextLength?: number;
  readonly supports?: readonly string[];
  readonly region?: string;
  readonly dataPolicy?: string;
  readonly uptime?: Exact;
  /** Medians of published values over the period. */
  readonly latencyMs?: number;
  readonly tokensPerSecond?: number;
  /** Features that callers use and the provider does not state. */
  readonly lacks: readonly string[];
}

/** A check counts for at most a day: providers state the share of the last day. */
const CHECK_COVERS_MS = DAY_MS;

export interface AvailabilityFigures {
  /** Checks inside the period. */
  readonly looks: number;
  /** Share of the period that checks cover. */
  readonly watchedShare: Exact;
  /**
   * Share of the covered time in which it was healthy and had the required uptime, if one is set.
   */
  readonly healthyShare?: Exact;
}

/**
 * Checks at 00:00, 06:00 and, a week later, 00:00 cover 54 hours, a day at most for each. If the
 * first is degraded and the others are healthy, 48 hours are healthy.
 */
export function computeAvailability(
  availability: readonly HostAvailability[],
  window: Period,
  minUptime: Exact | undefined,
): AvailabilityFigures {
  const inside = checksIn(availability, window).toSorted((a, b) => a.observedAtMs - b.observedAtMs);
  let [watchedMs, healthyMs] = [0, 0];
  for (const [at, check] of inside.entries()) {
    const nextMs = inside[at + 1]?.observedAtMs ?? window.endMs;
    const heldMs = Math.min(nextMs - check.observedAtMs, CHECK_COVERS_MS);
    watchedMs += heldMs;
    if (isHealthy(check, minUptime)) healthyMs += heldMs;
  }
  return {
    looks: inside.length,
    watchedShare: exact(BigInt(watchedMs), BigInt(window.endMs - window.startMs)),
    ...(watchedMs === 0 ? {} : { healthyShare: exact(BigInt(healthyMs), BigInt(watchedMs)) }),
  };
}

function isHealthy({ healthy, uptimeMillionths }: HostAvailability, minUptime: Exact | undefined) {
  if (!healthy) return false;
  if (minUptime === undefined || uptimeMillionths === undefined) return true;
  return compare(uptimeOf(uptimeMillionths), minUptime) >= 0;
}

function uptimeOf(millionths: number): Exact {
  return exact(BigInt(Math.round(millionths)), 1_000_000n);
}

function checksIn(availability: readonly HostAvailability[], { startMs, endMs }: Period) {
  return availability.filter(({ observedAtMs }) => observedAtMs >= startMs && observedAtMs < endMs);
}

/** Checks inside the period, else the newest before it. */
export function findRelevantChecks(
  availability: readonly HostAvailability[],
  window: Period,
): readonly HostAvailability[] {
  const inside = checksIn(availability, window);
  if (inside.length > 0) return inside;
  const before = availability.filter(({ observedAtMs }) => observedAtMs < window.startMs);
  const [first, ...rest] = before;
  if (first === undefined) return [];
  return [rest.reduce((a, b) => (b.observedAtMs > a.observedAtMs ? b : a), first)];
}

/** Mean uptime of checks that state one: 0.99 and 0.97 are 0.98. */
export function meanUptime(seen: readonly HostAvailability[]): Exact | undefined {
  const known = seen.flatMap(({ uptimeMillionths }) =>
    uptimeMillionths === undefined ? [] : [BigInt(Math.round(uptimeMillionths))],
  );
  if (known.length === 0) return undefined;
  return exact(sumWhole(known), BigInt(known.length) * 1_000_000n);
}
