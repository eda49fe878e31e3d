/**
 * Computes what each considered endpoint would have cost for the period's tokens, or why it is not
 * eligible.
 */

import { compare } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostAvailability, HostedPrice } from '../../domain/price.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import type { HostLack } from '../lack.ts';
import { priceInForce, type ResolvedPrices } from './resolvedPrices.ts';
import type { HostCandidate } from './candidates.ts';
import { hostFault, priceFault } from './eligibility.ts';
import {
  computeAvailability,
  type ConsideredHost,
  findRelevantChecks,
  type HostParity,
  meanUptime,
  type PrecisionComparison,
} from './consideredHost.ts';
import { atCacheShare, cacheWritePrice, tabUsd } from './hostedCost.ts';
import { limitFault, type PeakMinute } from './rateLimit.ts';
import { type BoughtSegments, segmentPrice, tabForPeriod } from './tabs.ts';

export interface HostTerms extends BoughtSegments {
  readonly window: Period;
  /** Absent if no limit is stated. */
  readonly peak?: PeakMinute;
}

/** An endpoint with what is needed to price parts of the period. */
export interface WeighedHost extends ConsideredHost {
  readonly candidate: HostCandidate;
}

export function weighHost(found: HostCandidate, terms: HostTerms): WeighedHost {
  const { equivalent, host, history } = found;
  const newest = history.prices.findLast(({ validFromMs }) => validFromMs < terms.window.endMs);
  const named = newest?.hostName === undefined ? {} : { hostName: newest.hostName };
  const identity = {
    sourceId: equivalent.sourceId,
    model: equivalent.model,
    host,
    ...named,
    quantization: newest?.quantization ?? 'unknown',
  };
  const reason =
    hostFault(found, terms.hosted, terms.window) ??
    loadFault(found, terms) ??
    limitFault(equivalent, terms.peak);
  if (reason !== undefined) return { ...identity, candidate: found, reason };
  const candidate = asUsed(found, terms);
  const cost = costOf(candidate, terms);
  return { ...identity, candidate, cost, usd: atCacheShare(cost, terms.cacheShare) };
}

function costOf(candidate: HostCandidate, terms: HostTerms) {
  const tab = tabForPeriod(candidate, terms, terms.window);
  return tabUsd(tab, hostPriceTerms(candidate.equivalent, terms.hosted));
}

/**
 * The first fault of a price under which tokens would have been bought; without tokens, of the last
 * price.
 */
function loadFault({ equivalent, history }: HostCandidate, terms: HostTerms): HostLack | undefined {
  const { segments, hosted, window } = terms;
  const checks = { equivalent, hosted };
  if (history.prices.length === 0 && history.batch.length > 0) {
    return { code: 'batches-only' };
  }
  let isIdle = true;
  for (const [at, instantMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(instantMs)) continue;
    isIdle = false;
    const price = segmentPrice(history.resolved, segments, at);
    const fault = priceFault(price, instantMs, checks);
    if (fault !== undefined) return fault;
    const asksForRequests = (price?.perRequest ?? 0n) > 0n;
    if (asksForRequests && (segments.requestsUnknown[at] ?? 0) > 0) {
      return { code: 'requests-unknown' };
    }
  }
  if (!isIdle) return undefined;
  return priceFault(priceInForce(history.resolved, window.endMs - 1), window.endMs - 1, checks);
}

/** A buyer does not use a cache whose writes cost more than its hits save. */
function asUsed(found: HostCandidate, terms: HostTerms): HostCandidate {
  const isWritten = found.history.resolved.distinct.some(
    (price) => cacheWritePrice(price) !== undefined,
  );
  return isWritten && isCacheMoreExpensive(found, terms) ? withoutCache(found) : found;
}

function isCacheMoreExpensive(candidate: HostCandidate, terms: HostTerms): boolean {
  const { atZeroUsd, atOneUsd } = costOf(candidate, terms);
  return compare(atOneUsd, atZeroUsd) > 0;
}

function withoutCache({ batch, ...candidate }: HostCandidate): HostCandidate {
  const { history } = candidate;
  const asked = uncachedAsked(history.resolved);
  const waiting = batch === undefined ? {} : { batch: uncachedAsked(batch) };
  return { ...candidate, history: { ...history, resolved: asked }, ...waiting };
}

function uncachedAsked(asked: ResolvedPrices): ResolvedPrices {
  return { ...asked, distinct: asked.distinct.map(withoutCachePrices) };
}

/** A price with all prompts at the full price. */
function withoutCachePrices(price: HostedPrice): HostedPrice {
  const { cachedInputPerMtok: _, cacheWritePerMtok: __, ...plain } = price;
  return plain;
}

export function hostPriceTerms(equivalent: Equivalent, hosted: HostedInput) {
  return { tokenRatio: equivalent.tokenRatio, fee: hosted.fee };
}

export function compareParity(
  { candidate, quantization }: WeighedHost,
  hosted: HostedInput,
  window: Period,
): HostParity {
  const { availability, prices } = candidate.history;
  const newest = prices.findLast(({ validFromMs }) => validFromMs < window.endMs);
  const { contextLength, supports, region, dataPolicy } = newest ?? {};
  const seen = findRelevantChecks(availability, window);
  const uptime = meanUptime(seen);
  const latencyMs = medianOf(seen, ({ latencyMs: value }) => value);
  const tokensPerSecond = medianOf(seen, ({ tokensPerSecond: value }) => value);
  const { ownPrecision } = hosted;
  const precision = comparePrecision(quantization, ownPrecision);
  return {
    quantization,
    ...(ownPrecision === undefined ? {} : { ownPrecision }),
    ...(precision === undefined ? {} : { precision }),
    ...computeAvailability(availability, window, hosted.minUptime),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(supports === undefined ? {} : { supports }),
    ...(region === undefined ? {} : { region }),
    ...(dataPolicy === undefined ? {} : { dataPolicy }),
    ...(uptime === undefined ? {} : { uptime }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    lacks: (hosted.features ?? []).filter((feature) => supports?.includes(feature) !== true),
  };
}

/** Bits per weight: 4 for `nvfp4`, 16 for `bf16`; `undefined` if the name does not state them. */
function bitsOf(precision: string): number | undefined {
  const bits = /(?:fp|int|bf)(4|6|8|16|32)$/.exec(precision)?.[1];
  return bits === undefined ? undefined : Number(bits);
}

/** `fp8` is lower than our `bf16`; `int8` is other than `fp8`. */
function comparePrecision(
  quantization: string,
  own: string | undefined,
): PrecisionComparison | undefined {
  const [offered, served] = [quantization.toLowerCase(), own?.toLowerCase()];
  if (served === undefined || offered === 'unknown') return undefined;
  if (offered === served) return 'same';
  const [offeredBits, servedBits] = [bitsOf(offered), bitsOf(served)];
  if (offeredBits === undefined || servedBits === undefined) return 'other';
  if (offeredBits === servedBits) return 'other';
  return offeredBits < servedBits ? 'lower' : 'higher';
}

/** The median; for an even number, the mean of the two in the middle. */
function medianOf(
  seen: readonly HostAvailability[],
  read: (check: HostAvailability) => number | undefined,
): number | undefined {
  const values = seen
    .map(read)
    .filter((value) => value !== undefined)
    .sort((a, b) => a - b);
  const [low, high] = [values[(values.length - 1) >> 1], values[values.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
