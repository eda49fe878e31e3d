/** The right-size option: in each hour only the replicas for its busiest interval. */

import { type Exact, exact, ONE, subtract, toNumber } from '../../domain/exact.ts';
import { divideRounded } from '../../domain/rounding.ts';
import { sumWhole } from '../../domain/whole.ts';
import { paidByCell } from '../bill/paidHours.ts';
import { nonGpuSpend, NO_PAID_HOURS } from '../bill/rent.ts';
import { sharedGpuUsd } from '../bill/sharedRent.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer } from '../offer.ts';
import type { Capacity } from '../result.ts';
import { hourPeaks } from '../usage/hourPeaks.ts';
import { paidReplicas } from '../replicaGpus.ts';
import { type NeededTime, neededTime } from './neededTime.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { replicaNeed } from './replicaNeed.ts';

const NS_IN_HOUR = 3_600_000_000_000n;
/** Dollars by day are rounded to 10^-18, like covered dollars; far below anything printed. */
const ATTO_IN_USD = 1_000_000_000_000_000_000n;

/**
 * The needed share of each day's covered GPU spend, plus all that is not GPU. One A100 at $1.50 for
 * four hours, one of them idle, costs $6.00 with an always-on replica, $4.50 without.
 */
export function rightSizeOffer(facts: OptionFacts): BareOffer | NoOffer {
  const { capacity, time, spend } = facts;
  if (capacity === undefined) return { reason: { code: 'capacity-unknown' } };
  if (time.coveredNs === 0n) {
    return { reason: NO_PAID_HOURS };
  }
  const needAt = needByScale(facts, capacity);
  const gpuUsdOf = ({ byDay }: NeededTime) => exact(sumWhole(gpuAtto(byDay, facts)), ATTO_IN_USD);
  const needed = needAt(ONE);
  const { mostReplicas, hoursOff, weekOff } = needed;
  const replicaHours = exact(sumWhole(needed.byDay), NS_IN_HOUR);
  return {
    gpuUsd: gpuUsdOf(needed),
    ...nonGpuSpend(spend),
    hosted: NOTHING_HOSTED,
    rate: 'own',
    atScale: (scale) => ({ gpuUsd: gpuUsdOf(needAt(scale)), hosted: NOTHING_HOSTED }),
    days: { ...ownByDay(needed, facts), hosts: [] },
    detail: {
      replicaHours,
      mostReplicas,
      hoursOff,
      ...(weekOff === undefined ? {} : { weekOff }),
    },
  };
}

/** Paid time if the tokens of each interval are multiplied by a scale. */
function needByScale(facts: OptionFacts, { tokensPerSecond }: Capacity) {
  const { tally, bill, grid, covered, input, stack } = facts;
  const { headroom, minReplicas } = input.rightSize;
  const peaks = hourPeaks(tally.series, grid);
  const paidNs = paidByCell(bill.pieces, grid);
  const { share } = input.gpu;
  const paid = paidReplicas(share);
  const paidFor = share && ((replicas: number) => toNumber(paid(replicas)));
  return (scale: Exact): NeededTime => {
    const need = replicaNeed({ tokensPerSecond, headroom, scale });
    const replicas = peaks.tokens.map((tokens, hour) =>
      Math.max(minReplicas, need(tokens, peaks.lengthMs[hour] ?? 1)),
    );
    return neededTime({ grid, peaks, paidNs, covered, paidFor, wall: stack.localClock }, replicas);
  };
}

/**
 * Each day at its own rate. GPU spend of a day without paid time continues, as does that of GPUs
 * shared with others.
 */
function gpuAtto(
  neededNs: readonly bigint[],
  { covered, shared }: Pick<OptionFacts, 'covered' | 'shared'>,
): bigint[] {
  const attoOf = ({ num, den }: Exact) => divideRounded(num * ATTO_IN_USD, den, 'half-even');
  return covered.map(({ coveredNs, coveredComputeUsd: { num, den } }, day) => {
    if (coveredNs === 0n) return attoOf({ num, den });
    const needed = neededNs[day] ?? 0n;
    const own = divideRounded(num * needed * ATTO_IN_USD, den * coveredNs, 'half-even');
    if (shared.length === 0) return own;
    const least = attoOf(sharedGpuUsd(shared, day));
    return own < least ? least : own;
  });
}

function ownByDay({ byDay }: NeededTime, facts: OptionFacts) {
  const { covered } = facts;
  const gpuUsd = Float64Array.from(gpuAtto(byDay, facts), (atto) =>
    toNumber(exact(atto, ATTO_IN_USD)),
  );
  const ownUsd = Float64Array.from(covered, ({ coveredUsd, coveredComputeUsd }, day) => {
    const notGpu = toNumber(subtract(coveredUsd, coveredComputeUsd));
    return notGpu + (gpuUsd[day] ?? 0);
  });
  return { ownUsd, gpuUsd };
}
