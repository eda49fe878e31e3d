/** Prices the paid GPU-hours at other providers, each at the rate in force at the time. */

import type { PricingClass } from '../../domain/charge.ts';
import {
  add,
  divide,
  type Exact,
  exact,
  larger,
  multiply,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { instantText } from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import { nonGpuSpend, NO_PAID_HOURS } from '../bill/rent.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer } from '../offer.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import { type GpuTime, gpuTimes } from './gpuTime.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { comparableRates, type RateHistory, rateAt } from './rateBook.ts';

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
export function marketOffer(facts: OptionFacts, terms: MarketTerms): BareOffer | NoOffer {
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
