/** Prices the paid GPU-hours at other providers, each at the rate in force at the time. */

import { PRICING_CLASSES, type PricingClass } from '../../domain/charge.ts';
import {
  add,
  divide,
  type Exact,
  exact,
  larger,
  multiply,
  ONE,
  subtract,
  sum,
  toNumber,
  ZERO,
  divideRounded,
  sumWhole,
} from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { instantText } from '../../domain/period.ts';
import { type CoveredDay, NO_PAID_HOURS, nonGpuSpend } from '../usage/coverage.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer } from '../offer.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { comparableRates, rateAt, type RateHistory } from './rateBook.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import { apportion } from '../../domain/apportion.ts';
import { firstWhere } from '../../domain/search.ts';
import type { PaidPiece } from '../bill/replicaTime.ts';
import { gpusPerReplica } from '../replicaGpus.ts';

export interface MarketTerms {
  readonly pricingClass: PricingClass;
  /** GPU-hours to rent there per GPU-hour of ours: 1.1 if a tenth is lost to evictions. */
  readonly hoursForOne: Exact;
}

const NS_IN_HOUR = 3_600_000_000_000n;
const NANO_IN_USD = 1_000_000_000n;

interface Candidate {
  readonly provider: string;
  /** Nano-USD/hour x nanoseconds by day: integers, so nothing is rounded. */
  readonly byDay: readonly bigint[];
  readonly total: bigint;
  /** Whether any of its rates comes from a catalog. */
  readonly isSecondHand: boolean;
}

/**
 * The provider with the lowest cost over the period, the first by name on ties. 24 covered
 * GPU-hours, 8 at $1.00 and, after a change, 16 at $1.25, are $28.00: $1.166667 an hour. A provider
 * without a rate in force at the first paid hour is left out, because its rate then is unknown.
 */
function marketOffer(facts: OptionFacts, terms: MarketTerms): BareOffer | NoOffer {
  const { stack, input, time } = facts;
  if (time.coveredNs === 0n) {
    return { reason: NO_PAID_HOURS };
  }
  const comparable = comparableRates(stack, input.gpu.type, terms.pricingClass);
  if ('reason' in comparable) return comparable;
  const changesMs = comparable.flatMap(({ rates }) => rates.map(({ validFromMs }) => validFromMs));
  const times = gpuTimes(facts, changesMs);
  const firstMs = times.reduce((first, { startMs }) => Math.min(first, startMs), Infinity);
  const [first, ...others] = comparable
    .filter((history) => rateAt(history, firstMs) !== undefined)
    .map((history) => candidateOf(history, times, facts.grid.count));
  if (first === undefined) {
    return { reason: { code: 'no-rate-in-force', at: instantText(firstMs) } };
  }
  const least = others.reduce((best, each) => (each.total < best.total ? each : best), first);
  return offerOf(facts, least, { hoursForOne: terms.hoursForOne, times });
}

function candidateOf(history: RateHistory, times: readonly GpuTime[], days: number): Candidate {
  const byDay = Array.from({ length: days }, () => 0n);
  let isSecondHand = false;
  for (const { day, startMs, gpuNs } of times) {
    const rate = rateAt(history, startMs);
    invariant(rate !== undefined, 'a rate that is in force at the first paid hour stays so');
    byDay[day] = (byDay[day] ?? 0n) + gpuNs * rate.usdPerGpuHour;
    isSecondHand ||= rate.secondHand === true;
  }
  return { provider: history.provider, byDay, total: sumWhole(byDay), isSecondHand };
}

function offerOf(
  { spend, covered }: OptionFacts,
  { provider, byDay, total, isSecondHand }: Candidate,
  { hoursForOne, times }: { hoursForOne: Exact; times: readonly GpuTime[] },
): BareOffer {
  const usdOf = (weighed: bigint) => exact(weighed, NS_IN_HOUR * NANO_IN_USD);
  const gpuUsdOf = (weighed: bigint) => multiply(usdOf(weighed), hoursForOne);
  const gpuHours = exact(sumWhole(times.map(({ gpuNs }) => gpuNs)), NS_IN_HOUR);
  const untimedUsd = sum(covered.map(untimedOf));
  const { storageUsd, otherUsd } = nonGpuSpend(spend);
  return {
    gpuUsd: gpuUsdOf(total),
    storageUsd,
    otherUsd: add(otherUsd, untimedUsd),
    hosted: NOTHING_HOSTED,
    rate: 'market',
    days: {
      ownUsd: Float64Array.from(covered, (day, at) => {
        const notGpuUsd = subtract(day.coveredUsd, day.coveredComputeUsd);
        return toNumber(sum([gpuUsdOf(byDay[at] ?? 0n), notGpuUsd, untimedOf(day)]));
      }),
      gpuUsd: Float64Array.from(byDay, (weighed) => toNumber(gpuUsdOf(weighed))),
      hosts: [],
    },
    detail: {
      provider,
      ...(isSecondHand ? { secondHand: true } : {}),
      usdPerGpuHour: divide(usdOf(total), gpuHours),
      ownUsdPerGpuHour: divide(subtract(spend.coveredComputeUsd, untimedUsd), gpuHours),
    },
  };
}

/** Compute spend of a day without paid time, which no rate prices, so it stays as paid. */
function untimedOf({ coveredNs, coveredComputeUsd }: CoveredDay): Exact {
  return coveredNs === 0n ? larger(ZERO, coveredComputeUsd) : ZERO;
}

/**
 * Paid GPU-hours x the rate in force of the same GPU in our pricing class, plus what is not
 * compute. Four A100-hours at $1.50 and $1.00 of storage are $7.00; at $1.20 elsewhere, $5.80.
 */
export function moveOffer(facts: OptionFacts): BareOffer | NoOffer {
  return marketOffer(facts, { pricingClass: currentPricingClass(facts), hoursForOne: ONE });
}

/**
 * Compute spend x (spot rate / own rate) x (1 + eviction overhead), which is GPU-hours x spot rate
 * x (1 + overhead), plus what is not compute. Four A100-hours at a spot rate of $0.60 with 10% lost
 * are $2.64, where $6.00 is paid.
 */
export function spotOffer(facts: OptionFacts): BareOffer | NoOffer {
  if (currentPricingClass(facts) === 'spot') return { reason: { code: 'already-on-spot' } };
  const hoursForOne = add(ONE, facts.input.evictionOverhead);
  return marketOffer(facts, { pricingClass: 'spot', hoursForOne });
}

/**
 * The class with the most covered compute spend; on-demand if there is none. $10 of spot and $8 of
 * on-demand is spot; if half of the spot's day is not covered, on-demand.
 */
function currentPricingClass(facts: OptionFacts): PricingClass {
  const { bill, charges } = facts;
  const compute = charges.accounts.filter(
    ({ category, sourceId }) => category === 'compute' && bill.sources.has(sourceId),
  );
  const [only = 'on-demand', ...others] = new Set(compute.map(({ pricingClass }) => pricingClass));
  return others.length === 0 ? only : mostExpensiveClass(compute, facts);
}

/** Shared spend counts in equal parts here, because only the majority matters. */
function mostExpensiveClass(accounts: readonly ChargeAccount[], facts: OptionFacts): PricingClass {
  const { stack, input, covered } = facts;
  const own = stack.deployments.findIndex(({ id }) => id === input.id);
  const nanoUsd = new Map<PricingClass, bigint>();
  for (const { sharers, byDay, pricingClass } of accounts) {
    if (!sharers.includes(own)) continue;
    for (const [day, nano] of byDay) {
      const { coveredNs = 0n, paidNs = 0n } = covered[day] ?? {};
      const seen = paidNs === 0n ? nano : (nano * coveredNs) / paidNs;
      const before = nanoUsd.get(pricingClass) ?? 0n;
      nanoUsd.set(pricingClass, before + seen / BigInt(sharers.length));
    }
  }
  const known = PRICING_CLASSES.filter((each) => nanoUsd.has(each));
  return known.reduce<PricingClass>(
    (most, each) => ((nanoUsd.get(each) ?? 0n) > (nanoUsd.get(most) ?? 0n) ? each : most),
    known[0] ?? 'on-demand',
  );
}

/** Covered GPU time within one day and between two changes. */
export interface GpuTime {
  readonly day: number;
  /** Its first paid instant; prices are constant from here to its last one. */
  readonly startMs: number;
  readonly gpuNs: bigint;
}

/**
 * Covered replica time of each day x GPUs per replica, spread over the day's paid time and split at
 * each change. The parts sum to it and are in time order. Two replicas of 4 GPUs for an hour split
 * in half are 4 and 4 GPU-hours.
 */
function gpuTimes(
  { bill, covered, input }: Pick<OptionFacts, 'bill' | 'covered' | 'input'>,
  changesMs: readonly number[],
): GpuTime[] {
  const { num, den } = gpusPerReplica(input.gpu);
  const paid = paidParts(bill.pieces, changesMs).sort((a, b) => a.startMs - b.startMs);
  return [...Map.groupBy(paid, ({ day }) => day)].flatMap(([day, parts]) => {
    const replicaNs = covered[day]?.coveredNs ?? 0n;
    const coveredNs = divideRounded(replicaNs * num, den, 'half-even');
    if (coveredNs === 0n) return [];
    const weights = parts.map(({ gpuNs }) => gpuNs);
    return apportion(coveredNs, weights).flatMap((gpuNs, at) => {
      const { startMs } = parts[at] ?? {};
      return startMs === undefined || gpuNs === 0n ? [] : { day, startMs, gpuNs };
    });
  });
}

/** Paid replica time by day and span between changes. */
function paidParts(pieces: Iterable<PaidPiece>, changesMs: readonly number[]): GpuTime[] {
  const cuts = [...new Set(changesMs)].sort((a, b) => a - b);
  const parts = new Map<number, GpuTime>();
  for (const piece of pieces) {
    let [startMs, assigned] = [piece.startMs, 0n];
    for (let cut = firstWhere(cuts, (at) => at > startMs); startMs < piece.endMs; cut += 1) {
      const endMs = Math.min(cuts[cut] ?? piece.endMs, piece.endMs);
      const upTo = paidUntil(piece, endMs);
      addPart(parts, piece.day * (cuts.length + 1) + cut, {
        day: piece.day,
        startMs,
        gpuNs: upTo - assigned,
      });
      [startMs, assigned] = [endMs, upTo];
    }
  }
  return [...parts.values()];
}

function addPart(parts: Map<number, GpuTime>, key: number, part: GpuTime): void {
  if (part.gpuNs === 0n) return;
  const known = parts.get(key);
  parts.set(key, {
    day: part.day,
    startMs: Math.min(part.startMs, known?.startMs ?? part.startMs),
    gpuNs: part.gpuNs + (known?.gpuNs ?? 0n),
  });
}

/** Nanoseconds that a piece paid for before an instant, spread evenly over it. */
function paidUntil({ startMs, endMs, ns }: PaidPiece, instantMs: number): bigint {
  return (ns * BigInt(instantMs - startMs)) / BigInt(endMs - startMs);
}
