/** How reachable a host was: by its own word at each look, each look good until the next. */

import { compare, type Exact, exact } from '../../domain/exact.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostAvailability } from '../../domain/price.ts';
import { sumWhole } from '../../domain/whole.ts';

/** A look says nothing of what is further away: hosts tell the share of their last day. */
const LOOK_HOLDS_MS = DAY_MS;

export interface Reached {
  /** Looks inside the window. */
  readonly looks: number;
  /** Of the window's time the part that looks speak for. */
  readonly watchedShare: Exact;
  /** Of that time the part in which it was well and, where one is asked for, up enough. */
  readonly healthyShare?: Exact;
}

/**
 * Looks at 00:00, 06:00 and, a week later, 00:00 speak for 54 hours: a look for a day at most. The
 * first one bad and the others good are healthy for 48 of them.
 */
export function reachedIn(
  availability: readonly HostAvailability[],
  window: Period,
  minUptime: Exact | undefined,
): Reached {
  const inside = looksIn(availability, window).toSorted((a, b) => a.observedAtMs - b.observedAtMs);
  let [watchedMs, healthyMs] = [0, 0];
  for (const [at, look] of inside.entries()) {
    const nextMs = inside[at + 1]?.observedAtMs ?? window.endMs;
    const heldMs = Math.min(nextMs - look.observedAtMs, LOOK_HOLDS_MS);
    watchedMs += heldMs;
    if (isWell(look, minUptime)) healthyMs += heldMs;
  }
  return {
    looks: inside.length,
    watchedShare: exact(BigInt(watchedMs), BigInt(window.endMs - window.startMs)),
    ...(watchedMs === 0 ? {} : { healthyShare: exact(BigInt(healthyMs), BigInt(watchedMs)) }),
  };
}

function isWell({ healthy, uptimeMillionths }: HostAvailability, minUptime: Exact | undefined) {
  if (!healthy) return false;
  if (minUptime === undefined || uptimeMillionths === undefined) return true;
  return compare(uptimeOf(uptimeMillionths), minUptime) >= 0;
}

function uptimeOf(millionths: number): Exact {
  return exact(BigInt(Math.round(millionths)), 1_000_000n);
}

function looksIn(availability: readonly HostAvailability[], { startMs, endMs }: Period) {
  return availability.filter(({ observedAtMs }) => observedAtMs >= startMs && observedAtMs < endMs);
}

/** Observations inside the window, else the newest before it. */
export function seenIn(
  availability: readonly HostAvailability[],
  window: Period,
): readonly HostAvailability[] {
  const inside = looksIn(availability, window);
  if (inside.length > 0) return inside;
  const before = availability.filter(({ observedAtMs }) => observedAtMs < window.startMs);
  const [first, ...rest] = before;
  if (first === undefined) return [];
  return [rest.reduce((a, b) => (b.observedAtMs > a.observedAtMs ? b : a), first)];
}

/** 0.99 and 0.97 are 0.98; observations without an uptime do not count. */
export function meanUptime(seen: readonly HostAvailability[]): Exact | undefined {
  const told = seen.flatMap(({ uptimeMillionths }) =>
    uptimeMillionths === undefined ? [] : [BigInt(Math.round(uptimeMillionths))],
  );
  if (told.length === 0) return undefined;
  return exact(sumWhole(told), BigInt(told.length) * 1_000_000n);
}
