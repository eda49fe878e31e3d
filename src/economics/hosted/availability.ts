/** Measures availability of an endpoint from the provider's own status at each check. */

import { compare, type Exact, exact } from '../../domain/exact.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostAvailability } from '../../domain/price.ts';
import { sumWhole } from '../../domain/whole.ts';

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
