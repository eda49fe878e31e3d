/** Knows which hosts may stand for our model, and says why the others may not. */

import { compare, type Exact, exact, toDecimal } from '../../domain/exact.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { HostAvailability, HostedPrice } from '../../domain/price.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import type { HostHistory } from './priceBook.ts';

export interface Candidate {
  readonly equivalent: Equivalent;
  readonly host: string;
  readonly history: HostHistory;
}

/**
 * What must hold of every price under which tokens would have been bought; the first fault, or
 * none.
 */
export function priceFault(
  price: HostedPrice | undefined,
  instantMs: number,
  { equivalent, hosted }: { equivalent: Equivalent; hosted: HostedInput },
): string | undefined {
  if (price === undefined || !price.offered)
    return `no price in force at ${instantText(instantMs)}`;
  const { quantizations } = equivalent;
  if (quantizations !== undefined && !quantizations.includes(price.quantization)) {
    return `quantization ${price.quantization} is not allowed`;
  }
  if (isFree(price) && !hosted.allowFree) return 'a free tier is no counterfactual';
  if (price.inputPerMtok === undefined) return `no input price at ${instantText(instantMs)}`;
  if (price.outputPerMtok === undefined) return `no output price at ${instantText(instantMs)}`;
  const { minContextLength: needed } = hosted;
  if (needed !== undefined && price.contextLength !== undefined && price.contextLength < needed) {
    return `context of ${price.contextLength} tokens is shorter than ${needed}`;
  }
  return undefined;
}

function isFree(price: HostedPrice): boolean {
  return price.free || (price.inputPerMtok === 0n && price.outputPerMtok === 0n);
}

/** Faults of the host itself: left out by config, too often down, or marked as degraded. */
export function hostFault(
  { equivalent, host, history }: Candidate,
  hosted: HostedInput,
  window: Period,
): string | undefined {
  const hostName = history.prices.at(-1)?.hostName;
  const isNamed = (names: readonly string[]) =>
    names.some((name) => name === host || name === hostName || host.startsWith(`${name}/`));
  if (equivalent.hosts !== undefined && !isNamed(equivalent.hosts)) return 'not a host of config';
  if (isNamed(equivalent.excludeHosts ?? [])) return 'excluded by config';
  const seen = seenIn(history.availability, window);
  const degraded = seen.filter(({ healthy }) => !healthy).length;
  if (degraded * 2 > seen.length) return `degraded in ${degraded} of ${seen.length} observations`;
  const uptime = meanUptime(seen);
  if (hosted.minUptime === undefined || uptime === undefined) return undefined;
  if (compare(uptime, hosted.minUptime) >= 0) return undefined;
  return `uptime ${toDecimal(uptime, 4)} is below ${toDecimal(hosted.minUptime, 4)}`;
}

/** Observations inside the window, else the newest before it. */
function seenIn(availability: readonly HostAvailability[], window: Period): HostAvailability[] {
  const inside = availability.filter(
    ({ observedAtMs }) => observedAtMs >= window.startMs && observedAtMs < window.endMs,
  );
  if (inside.length > 0) return inside;
  const before = availability.filter(({ observedAtMs }) => observedAtMs < window.startMs);
  const [first, ...rest] = before;
  if (first === undefined) return [];
  return [rest.reduce((a, b) => (b.observedAtMs > a.observedAtMs ? b : a), first)];
}

/** 0.99 and 0.97 are 0.98; observations without an uptime do not count. */
function meanUptime(seen: readonly HostAvailability[]): Exact | undefined {
  const told = seen.flatMap(({ uptimeMillionths }) =>
    uptimeMillionths === undefined ? [] : [BigInt(Math.round(uptimeMillionths))],
  );
  if (told.length === 0) return undefined;
  const millionths = sumWhole(told);
  return exact(millionths, BigInt(told.length) * 1_000_000n);
}

/** True where a wish could not be checked, because the host does not tell. */
export function isUnchecked(candidate: Candidate, hosted: HostedInput, window: Period): boolean {
  const { availability, prices } = candidate.history;
  const unknownUptime = meanUptime(seenIn(availability, window)) === undefined;
  const unknownContext = prices.some(({ contextLength }) => contextLength === undefined);
  return (
    (hosted.minUptime !== undefined && unknownUptime) ||
    (hosted.minContextLength !== undefined && unknownContext)
  );
}
