/** Checks whether an endpoint is an eligible equivalent, and why not. */

import { compare } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { findRetirements, matchesHostName, type Retirement } from '../../domain/providers.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import type { HostLack } from '../lack.ts';
import { computeAvailability, findRelevantChecks, meanUptime } from './consideredHost.ts';
import { candidateCompany, type HostCandidate } from './candidates.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import { priceInForce } from './resolvedPrices.ts';

/** Checks a price under which tokens would have been bought. Returns the first fault, if any. */
export function priceFault(
  price: HostedPrice | undefined,
  instantMs: number,
  { equivalent, hosted }: { equivalent: Equivalent; hosted: HostedInput },
): HostLack | undefined {
  const at = instantText(instantMs);
  if (price === undefined || !price.offered) return { code: 'no-price-in-force', at };
  const { quantizations } = equivalent;
  if (quantizations !== undefined && !quantizations.includes(price.quantization)) {
    return { code: 'quantization-not-allowed', quantization: price.quantization };
  }
  if (isFree(price) && !hosted.allowFree) return { code: 'free-tier' };
  if (price.inputPerMtok === undefined) return { code: 'no-input-price', at };
  if (price.outputPerMtok === undefined) return { code: 'no-output-price', at };
  const needed = neededContext(equivalent, hosted);
  if (needed !== undefined && price.contextLength !== undefined && price.contextLength < needed) {
    const contextTokens = price.contextLength;
    return { code: 'context-too-short', contextTokens, neededTokens: needed };
  }
  return placeFault(price, hosted);
}

/** Region and data policy: an unstated value does not meet a requirement. */
function placeFault(
  { region, dataPolicy }: HostedPrice,
  { regions, dataPolicies }: HostedInput,
): HostLack | undefined {
  if (regions !== undefined && !isAllowed(regions, region)) {
    return { code: 'region-not-allowed', ...(region === undefined ? {} : { region }) };
  }
  if (dataPolicies !== undefined && !isAllowed(dataPolicies, dataPolicy)) {
    const stated = dataPolicy === undefined ? {} : { dataPolicy };
    return { code: 'data-policy-not-allowed', ...stated };
  }
  return undefined;
}

function isAllowed(allowed: readonly string[], stated: string | undefined): boolean {
  const normalized = stated?.toLowerCase();
  return allowed.some((each) => each.toLowerCase() === normalized);
}

function neededContext({ minContextLength }: Equivalent, hosted: HostedInput) {
  return minContextLength ?? hosted.minContextLength;
}

function isFree(price: HostedPrice): boolean {
  return price.free || (price.inputPerMtok === 0n && price.outputPerMtok === 0n);
}

/** Faults of the endpoint: excluded by config, too low uptime, or marked as degraded. */
export function hostFault(
  { equivalent, host, history }: HostCandidate,
  hosted: HostedInput,
  window: Period,
): HostLack | undefined {
  const hostName = history.prices.at(-1)?.hostName;
  const isNamed = (names: readonly string[]) => matchesHostName(names, { host, hostName });
  if (equivalent.hosts !== undefined && !isNamed(equivalent.hosts)) {
    return { code: 'host-not-named' };
  }
  if (isNamed(equivalent.excludeHosts ?? [])) return { code: 'host-excluded' };
  const seen = findRelevantChecks(history.availability, window);
  const degraded = seen.filter(({ healthy }) => !healthy).length;
  if (degraded * 2 > seen.length) return { code: 'host-degraded', degraded, looks: seen.length };
  const uptime = meanUptime(seen);
  if (hosted.minUptime !== undefined && uptime !== undefined) {
    if (compare(uptime, hosted.minUptime) < 0) {
      const neededShare = sixPlaces(hosted.minUptime);
      return { code: 'uptime-too-low', uptimeShare: sixPlaces(uptime), neededShare };
    }
  }
  return healthFault(history.availability, hosted, window);
}

/**
 * Health over the checked time. An endpoint that was never checked passes, and a warning says so.
 */
function healthFault(
  availability: HostCandidate['history']['availability'],
  { minUptime, minHealthyShare: least }: HostedInput,
  window: Period,
): HostLack | undefined {
  if (least === undefined) return undefined;
  const { healthyShare } = computeAvailability(availability, window, minUptime);
  if (healthyShare === undefined || compare(healthyShare, least) >= 0) return undefined;
  const neededShare = sixPlaces(least);
  return { code: 'health-too-low', healthyShare: sixPlaces(healthyShare), neededShare };
}

/** Whether a requirement could not be checked because the provider does not state the value. */
export function isUnchecked(
  candidate: HostCandidate,
  hosted: HostedInput,
  window: Period,
): boolean {
  const { availability, prices } = candidate.history;
  const seen = findRelevantChecks(availability, window);
  const unknownUptime = meanUptime(seen) === undefined;
  const unknownContext = prices.some(({ contextLength }) => contextLength === undefined);
  const unknownHealth = computeAvailability(availability, window, undefined).looks === 0;
  return (
    (hosted.minUptime !== undefined && unknownUptime) ||
    (hosted.minHealthyShare !== undefined && unknownHealth) ||
    (neededContext(candidate.equivalent, hosted) !== undefined && unknownContext)
  );
}

/** Number of days on which this many companies sold it. */
export interface SellersByDay {
  readonly hosts: number;
  readonly days: number;
}

/**
 * Companies with an eligible price in force at the start of each day, fewest first: two on 60 days
 * and one on 32. A company counts once, whatever variants it serves.
 */
export function countSellersByDay(
  candidates: readonly HostCandidate[],
  hosted: HostedInput,
  grid: DayGrid,
): SellersByDay[] {
  const eligible = candidates.filter((each) => hostFault(each, hosted, grid.window) === undefined);
  const counts = new Map<number, number>();
  for (let day = 0; day < grid.count; day += 1) {
    const instantMs = Math.max(grid.window.startMs, dayMsAt(grid, day));
    const { size } = companiesAt(eligible, hosted, instantMs);
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([hosts, days]) => ({ hosts, days }));
}

function companiesAt(candidates: readonly HostCandidate[], hosted: HostedInput, instantMs: number) {
  const selling = candidates.filter(({ equivalent, history }) => {
    const price = priceInForce(history.resolved, instantMs);
    return priceFault(price, instantMs, { equivalent, hosted }) === undefined;
  });
  return new Set(selling.map(candidateCompany));
}

/** Companies that stopped selling the model in the period under every name, latest first. */
export function findRetiredCompanies(
  candidates: readonly HostCandidate[],
  window: Period,
): Retirement[] {
  return findRetirements(
    candidates.flatMap(({ history }) => history.prices),
    window,
  );
}
