/** Reprices offers, spend and bill at other GPU rates for a what-if. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  isZero,
  multiply,
  ONE,
  subtract,
  toInteger,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import type { DeploymentBill } from '../bill/bill.ts';
import { repriceGpuUsd } from '../bill/contract.ts';
import type { OfferDetail } from '../offer.ts';
import type { GpuRateFactors, Spend } from '../result.ts';
import type { Contract } from '../stackParts.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import type { BareOffer } from './optionFacts.ts';

export interface GpuPrices {
  readonly contract: Contract | undefined;
  readonly rates: GpuRateFactors;
}

/** Our own GPU spend at the requested rate; only the part without contract changes. */
export function ownGpuUsd(gpuUsd: Exact, { contract, rates }: GpuPrices): Exact {
  return repriceGpuUsd(gpuUsd, contract?.fixedGpuUsd ?? ZERO, rates.own);
}

/**
 * The mean factor on these GPU dollars, fixed ones included. $9,000 that become $7,800: 0.866667.
 */
export function meanFactor(gpuUsd: Exact, prices: GpuPrices): Exact {
  return isZero(gpuUsd) ? prices.rates.own : divide(ownGpuUsd(gpuUsd, prices), gpuUsd);
}

/**
 * Days and details of an offer at the requested rates. `gpuUsd` stays as paid and is converted
 * where it is used.
 */
export function atGpuRates(
  bare: BareOffer,
  spend: Spend,
  prices: GpuPrices,
): Pick<BareOffer, 'days' | 'detail'> {
  const { days, detail } = bare;
  if (isAsPaid(prices)) return { days, detail };
  const { market } = prices.rates;
  const factor = bare.rate === 'market' ? market : meanFactor(bare.gpuUsd, prices);
  const more = toNumber(subtract(factor, ONE));
  const ownUsd = days.ownUsd.map((usd, day) => usd + more * (days.gpuUsd[day] ?? 0));
  return { days: { ...days, ownUsd }, detail: detailAt(detail, spend, prices) };
}

function isAsPaid({ rates }: GpuPrices): boolean {
  return compare(rates.own, ONE) === 0 && compare(rates.market, ONE) === 0;
}

function detailAt(detail: OfferDetail, spend: Spend, prices: GpuPrices): OfferDetail {
  const { usdPerGpuHour, ownUsdPerGpuHour, breakEvenShare } = detail;
  const { market } = prices.rates;
  const own = meanFactor(spend.coveredComputeUsd, prices);
  const pods = isZero(market) ? undefined : divide(own, market);
  return {
    ...detail,
    ...(usdPerGpuHour && { usdPerGpuHour: multiply(usdPerGpuHour, market) }),
    ...(ownUsdPerGpuHour && { ownUsdPerGpuHour: multiply(ownUsdPerGpuHour, own) }),
    ...(breakEvenShare && pods && { breakEvenShare: multiply(breakEvenShare, pods) }),
  };
}

/** The spend of a deployment at other rates: its bill in nano-USD, its covered days exactly. */
export function repriceSpend(
  bill: DeploymentBill,
  covered: readonly CoveredDay[],
  { spend, prices }: { readonly spend: Spend; readonly prices: GpuPrices },
) {
  if (compare(prices.rates.own, ONE) === 0) return { bill, covered };
  const factor = meanFactor(spend.coveredComputeUsd, prices);
  return { bill: billAt(bill, factor), covered: covered.map((day) => dayAt(day, factor)) };
}

/** Rounds running sums to the nearest nano-dollar, so the days sum to the whole. */
function billAt(bill: DeploymentBill, factor: Exact): DeploymentBill {
  let [paid, converted] = [0n, 0n];
  const compute = bill.compute.map((nano) => {
    const before = converted;
    paid += nano;
    converted = toInteger(multiply(exact(paid), factor));
    return converted - before;
  });
  const spend = bill.spend.map(
    (nano, day) => nano + (compute[day] ?? 0n) - (bill.compute[day] ?? 0n),
  );
  return { ...bill, compute, spend };
}

function dayAt(day: CoveredDay, factor: Exact): CoveredDay {
  const moreUsd = multiply(day.coveredComputeUsd, subtract(factor, ONE));
  return {
    ...day,
    coveredUsd: add(day.coveredUsd, moreUsd),
    coveredComputeUsd: multiply(day.coveredComputeUsd, factor),
  };
}
