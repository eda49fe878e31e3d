/** Which hosts may stand for our model, and why the others may not. */

import { compare, toDecimal } from '../../domain/exact.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { isHostNamed } from '../../domain/sellers.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import { meanUptime, reachedIn, seenIn } from './availability.ts';
import type { Candidate } from './candidates.ts';

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
  const needed = neededContext(equivalent, hosted);
  if (needed !== undefined && price.contextLength !== undefined && price.contextLength < needed) {
    return `context of ${price.contextLength} tokens is shorter than ${needed}`;
  }
  return placeFault(price, hosted);
}

/** Where it runs and what becomes of the data: what is not told is not allowed by silence. */
function placeFault(price: HostedPrice, { regions, dataPolicies }: HostedInput) {
  if (regions !== undefined && !isAmong(regions, price.region)) {
    return `region ${price.region ?? 'unknown'} is not allowed`;
  }
  if (dataPolicies !== undefined && !isAmong(dataPolicies, price.dataPolicy)) {
    return `data policy ${price.dataPolicy ?? 'unknown'} is not allowed`;
  }
  return undefined;
}

function isAmong(allowed: readonly string[], told: string | undefined): boolean {
  const spelled = told?.toLowerCase();
  return allowed.some((each) => each.toLowerCase() === spelled);
}

function neededContext({ minContextLength }: Equivalent, hosted: HostedInput) {
  return minContextLength ?? hosted.minContextLength;
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
  const isNamed = (names: readonly string[]) => isHostNamed(names, { host, hostName });
  if (equivalent.hosts !== undefined && !isNamed(equivalent.hosts)) return 'not a host of config';
  if (isNamed(equivalent.excludeHosts ?? [])) return 'excluded by config';
  const seen = seenIn(history.availability, window);
  const degraded = seen.filter(({ healthy }) => !healthy).length;
  if (degraded * 2 > seen.length) return `degraded in ${degraded} of ${seen.length} observations`;
  const uptime = meanUptime(seen);
  if (hosted.minUptime !== undefined && uptime !== undefined) {
    if (compare(uptime, hosted.minUptime) < 0) {
      return `uptime ${toDecimal(uptime, 4)} is below ${toDecimal(hosted.minUptime, 4)}`;
    }
  }
  return healthFault(history.availability, hosted, window);
}

/** Of the time that is known: whoever was never looked at passes unchecked, and it is said. */
function healthFault(
  availability: Candidate['history']['availability'],
  { minUptime, minHealthyShare: least }: HostedInput,
  window: Period,
): string | undefined {
  if (least === undefined) return undefined;
  const { healthyShare } = reachedIn(availability, window, minUptime);
  if (healthyShare === undefined || compare(healthyShare, least) >= 0) return undefined;
  return `healthy for ${toDecimal(healthyShare, 4)} of the time, below ${toDecimal(least, 4)}`;
}

/** True where a wish could not be checked, because the host does not tell. */
export function isUnchecked(candidate: Candidate, hosted: HostedInput, window: Period): boolean {
  const { availability, prices } = candidate.history;
  const seen = seenIn(availability, window);
  const unknownUptime = meanUptime(seen) === undefined;
  const unknownContext = prices.some(({ contextLength }) => contextLength === undefined);
  const unknownHealth = reachedIn(availability, window, undefined).looks === 0;
  return (
    (hosted.minUptime !== undefined && unknownUptime) ||
    (hosted.minHealthyShare !== undefined && unknownHealth) ||
    (neededContext(candidate.equivalent, hosted) !== undefined && unknownContext)
  );
}
