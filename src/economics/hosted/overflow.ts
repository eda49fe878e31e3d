/** Computes the hosted cost of the tokens above the capacity of k replicas. */

import { divide, type Exact, exact, multiply, ZERO } from '../../domain/exact.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { addAt } from '../columns.ts';
import type { CacheLinear } from './consideredHost.ts';
import {
  addTabs,
  EMPTY_TAB,
  type HostPriceTerms,
  NOTHING_HOSTED,
  tabUsd,
  toTab,
} from './hostedCost.ts';
import type { ResolvedPrices } from './resolvedPrices.ts';
import { meanSize } from './segments.ts';

export interface OverflowTerms extends HostPriceTerms {
  readonly series: UsageSeries;
  readonly capacity: Exact;
  /** Prices of the endpoint that serves the overflow, at every instant with tokens. */
  readonly resolved: ResolvedPrices;
  /** Prompt sizes with different prices, as in `asked`. */
  readonly thresholds: readonly number[];
  /** The most replicas that will be requested. */
  readonly limit: number;
}

/**
 * Sums by slot. A slot holds the intervals of one price that overflow b replicas but not b + 1.
 * Because overflow = tokens - k x capacity x length, sums of tokens and of length by token class
 * suffice for every k.
 */
interface Sums {
  readonly prices: number;
  readonly uncached: Float64Array;
  readonly cached: Float64Array;
  readonly output: Float64Array;
  readonly requests: Float64Array;
  readonly lengthMs: Float64Array;
  readonly uncachedMs: FractionSums;
  readonly cachedMs: FractionSums;
  readonly requestsMs: FractionSums;
}

/**
 * The cost of the tokens above `replicas` x capacity in each interval, at that interval's price and
 * mix. 3,000,000 tokens in an hour over one replica of 500 tokens/s are 1,200,000 bought tokens.
 */
export function overflowCost(terms: OverflowTerms): (replicas: number) => CacheLinear {
  const sums = sumSlots(terms);
  return (replicas) => bought(sums, terms, { replicas, served: served(replicas, terms.capacity) });
}

/**
 * The same with each interval's tokens multiplied by `scale`, and its slope: dollars for one more
 * of today's tokens. Twice the tokens overflow like half the capacity, twice.
 */
export function overflowAtScale(
  terms: OverflowTerms,
  replicas: number,
  scale: Exact,
): { readonly cost: CacheLinear; readonly slope: CacheLinear } {
  if (scale.num === 0n) return { cost: NOTHING_HOSTED, slope: NOTHING_HOSTED };
  const capacity = divide(terms.capacity, scale);
  const sums = sumSlots({ ...terms, capacity, limit: replicas });
  const cost = bought(sums, terms, { replicas, served: served(replicas, capacity) });
  const slope = bought(sums, terms, { replicas, served: ZERO });
  return { cost: multiplyCost(cost, scale), slope };
}

function served(replicas: number, capacity: Exact): Exact {
  return multiply(capacity, exact(BigInt(replicas)));
}

function multiplyCost({ atZeroUsd, atOneUsd }: CacheLinear, scale: Exact): CacheLinear {
  return { atZeroUsd: multiply(atZeroUsd, scale), atOneUsd: multiply(atOneUsd, scale) };
}

/**
 * The cost of tokens above `served` tokens per second, in the intervals that overflow `replicas`.
 */
function bought(
  sums: Sums,
  terms: OverflowTerms,
  { replicas, served: { num, den } }: { replicas: number; served: Exact },
): CacheLinear {
  const scale = FRACTION_SCALE * 1000n * den;
  let tab = EMPTY_TAB;
  for (let slot = replicas * sums.prices; slot < sums.lengthMs.length; slot += 1) {
    const price = terms.resolved.distinct[slot % sums.prices];
    if (price === undefined || sums.lengthMs[slot] === 0) continue;
    const over = (tokens: number | undefined, scaledMs: bigint) =>
      BigInt(tokens ?? 0) * scale - num * scaledMs;
    const uncachedMs = sums.uncachedMs.scaled(slot);
    const cachedMs = sums.cachedMs.scaled(slot);
    const outputMs = BigInt(sums.lengthMs[slot] ?? 0) * FRACTION_SCALE - uncachedMs - cachedMs;
    const tokens = {
      uncached: over(sums.uncached[slot], uncachedMs),
      cached: over(sums.cached[slot], cachedMs),
      output: over(sums.output[slot], outputMs),
      requests: over(sums.requests[slot], sums.requestsMs.scaled(slot)),
    };
    tab = addTabs(tab, toTab(price, tokens));
  }
  return tabUsd(tab, terms, scale);
}

function sumSlots(terms: OverflowTerms): Sums {
  const { series, resolved, limit, capacity } = terms;
  const prices = Math.max(1, resolved.distinct.length);
  const slots = (limit + 1) * prices;
  const column = () => new Float64Array(slots);
  const sums: Sums = {
    prices,
    uncached: column(),
    cached: column(),
    output: column(),
    requests: column(),
    lengthMs: column(),
    uncachedMs: new FractionSums(slots),
    cachedMs: new FractionSums(slots),
    requestsMs: new FractionSums(slots),
  };
  const placeOf = placeFinder(terms);
  for (let row = 0; row < series.length; row += 1) {
    const startMs = series.startMs[row] ?? 0;
    const tokens = tokensAt(series, row);
    if (tokens === 0) continue;
    const lengthMs = (series.endMs[row] ?? startMs) - startMs;
    const overflowed = Math.min(limit, replicasOverflowed(tokens, lengthMs, capacity));
    addRow(sums, overflowed * prices + placeOf(row), { series, row });
  }
  return sums;
}

/** Rows are in time order, so most have the price of the row before. */
function placeFinder({ series, resolved, thresholds }: OverflowTerms): (row: number) => number {
  const sizeOf = meanSize(thresholds);
  const { startsMs, sizes } = resolved;
  let epoch = 0;
  return (row) => {
    const startMs = series.startMs[row] ?? 0;
    while ((startsMs[epoch + 1] ?? Number.POSITIVE_INFINITY) <= startMs) epoch += 1;
    const size = sizes === 1 ? 0 : sizeOf(series, row);
    return resolved.places[epoch * sizes + size] ?? 0;
  };
}

/** The most replicas that the tokens of an interval overflow; 0 if one replica is enough. */
function replicasOverflowed(tokens: number, lengthMs: number, capacity: Exact): number {
  const needed = (tokens * 1000 * Number(capacity.den)) / (Number(capacity.num) * lengthMs);
  const nearest = Math.round(needed);
  if (Math.abs(needed - nearest) > 1e-9 * Math.max(1, needed)) return Math.floor(needed);
  const served = BigInt(nearest) * capacity.num * BigInt(lengthMs);
  return BigInt(tokens) * 1000n * capacity.den > served ? nearest : Math.max(0, nearest - 1);
}

function addRow(
  sums: Sums,
  slot: number,
  { series, row }: { series: UsageSeries; row: number },
): void {
  const tokens = tokensAt(series, row);
  const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
  const uncached = series.uncachedPromptTokens[row] ?? 0;
  const cached = known(series.cachedPromptTokens[row]);
  const requests = known(series.requests[row]);
  addAt(sums.uncached, slot, uncached);
  addAt(sums.cached, slot, cached);
  addAt(sums.output, slot, series.outputTokens[row] ?? 0);
  addAt(sums.requests, slot, requests);
  addAt(sums.lengthMs, slot, lengthMs);
  if (slot < sums.prices) return;
  addFraction(sums.uncachedMs, slot, { part: uncached, whole: tokens, weight: lengthMs });
  addFraction(sums.cachedMs, slot, { part: cached, whole: tokens, weight: lengthMs });
  addFraction(sums.requestsMs, slot, { part: requests, whole: tokens, weight: lengthMs });
}

function addFraction(
  sums: FractionSums,
  slot: number,
  { part, whole, weight }: { part: number; whole: number; weight: number },
): void {
  if (part === 0) return;
  sums.divide(part, whole);
  sums.add(slot, weight);
}

function known(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}

const DIGIT_BITS = 16;
const BASE = 2 ** DIGIT_BITS;
const DIGITS = 6;
/** Above this divisor a double no longer gives exact digits. */
const LARGEST_PLAIN = 2 ** 36;

/** Sums are scaled by 2^96: divide by this. */
export const FRACTION_SCALE = 1n << BigInt(DIGIT_BITS * DIGITS);

/**
 * Sums of `weight x part / whole` by slot. Each quotient is cut below 2^-96; 300 x 1/3 is 100 less
 * 4 x 10^-27. Weights are integers and sum to less than 2^37: four years of milliseconds.
 */
export class FractionSums {
  readonly #sums: Float64Array;
  readonly #digits = new Float64Array(DIGITS + 1);

  constructor(slots: number) {
    this.#sums = new Float64Array(slots * (DIGITS + 1));
  }

  /** Sets the fraction that {@link add} adds: `part / whole`, with 0 <= part <= whole. */
  divide(part: number, whole: number): void {
    if (whole > LARGEST_PLAIN) {
      this.#divideLarge(BigInt(part), BigInt(whole));
      return;
    }
    let rest = part;
    for (let at = 0; at <= DIGITS; at += 1) {
      const digit = Math.floor(rest / whole);
      this.#digits[at] = digit;
      rest = (rest - digit * whole) * BASE;
    }
  }

  #divideLarge(part: bigint, whole: bigint): void {
    let rest = part;
    for (let at = 0; at <= DIGITS; at += 1) {
      this.#digits[at] = Number(rest / whole);
      rest = (rest % whole) * BigInt(BASE);
    }
  }

  add(slot: number, weight: number): void {
    const from = slot * (DIGITS + 1);
    for (let at = 0; at <= DIGITS; at += 1) {
      this.#sums[from + at] = (this.#sums[from + at] ?? 0) + (this.#digits[at] ?? 0) * weight;
    }
  }

  /** The slot's sum times {@link FRACTION_SCALE}. */
  scaled(slot: number): bigint {
    let whole = 0n;
    for (let at = 0; at <= DIGITS; at += 1) {
      const digit = BigInt(this.#sums[slot * (DIGITS + 1) + at] ?? 0);
      whole = whole * BigInt(BASE) + digit;
    }
    return whole;
  }
}
