/** The serverless option: workers paid by the second while they work, start and idle. */

import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  ONE,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer, OfferDetail } from '../offer.ts';
import { sumColumn } from '../usage/usageTally.ts';
import type { Warning } from '../warning.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { type WorkerIntervals, workerIntervals, workerTime } from './workerTime.ts';

const MS_IN_SECOND = exact(1_000n);
const MS_IN_HOUR = exact(3_600_000n);
const NS_IN_MS = 1_000_000n;
const NS_IN_SECOND = 1_000_000_000n;

/**
 * Worker-seconds x $/s. Three loaded hours of 3,000 s, 3,600 s and 1,200 s, and two starts of 60 s
 * with 5 s until idle, are 7,930 s: $3.965 at $0.0005/s.
 */
export function serverlessOffer(facts: OptionFacts): BareOffer | NoOffer {
  const { capacity, tally, grid, input } = facts;
  if (input.serverless === undefined) return { reason: { code: 'no-serverless-price' } };
  if (capacity === undefined) return { reason: { code: 'capacity-unknown' } };
  if (tally.series.length === 0) return { reason: { code: 'no-usage' } };
  const { usdPerSecond } = input.serverless;
  const intervals = workerIntervals(tally.series, grid, input.serverless);
  const usdAt = costByScale({ intervals, usdPerSecond, perSecond: capacity.tokensPerSecond });
  const { gpuUsd, workMs, byDay } = usdAt(ONE);
  return {
    gpuUsd,
    storageUsd: ZERO,
    otherUsd: ZERO,
    hosted: NOTHING_HOSTED,
    rate: 'market',
    atScale(scale) {
      const { gpuUsd: scaledUsd, slopeUsd } = usdAt(scale);
      const slope = { gpuUsd: slopeUsd, hosted: NOTHING_HOSTED };
      return { gpuUsd: scaledUsd, hosted: NOTHING_HOSTED, slope };
    },
    days: { ownUsd: byDay(), gpuUsd: byDay(), hosts: [] },
    detail: {
      workerHours: divide(workMs, MS_IN_HOUR),
      starts: intervals.starts,
      ...compareWithPods(facts, workMs, usdPerSecond),
    },
  };
}

interface CostTerms {
  readonly intervals: WorkerIntervals;
  readonly usdPerSecond: Exact;
  /** Tokens per second of one worker at full capacity. */
  readonly perSecond: Exact;
}

/** Cost with starts and busy time as measured, and each interval's tokens multiplied by a scale. */
function costByScale({ intervals, usdPerSecond, perSecond }: CostTerms) {
  const usdPerMs = divide(usdPerSecond, MS_IN_SECOND);
  return (scale: Exact) => {
    const msPerToken = divide(multiply(scale, MS_IN_SECOND), perSecond);
    const { tokens, ms } = workerTime(intervals, msPerToken);
    const msOf = (served: number, otherMs: number) =>
      add(multiply(exactInteger(served), msPerToken), exactInteger(otherMs));
    const workMs = msOf(sumColumn(tokens), sumColumn(ms));
    return {
      workMs,
      gpuUsd: multiply(workMs, usdPerMs),
      slopeUsd: multiply(divide(exactInteger(sumColumn(tokens)), perSecond), usdPerSecond),
      byDay: () =>
        Float64Array.from(tokens, (served, day) =>
          toNumber(multiply(msOf(served, ms[day] ?? 0), usdPerMs)),
        ),
    };
  };
}

/**
 * u*, the share of paid time below which serverless is cheaper than always-on replicas, and this
 * deployment's share. A pod at $1.50/h against $0.0005/s ($1.80/h) has u* = 0.833.
 */
function compareWithPods(
  { spend, time }: OptionFacts,
  workMs: Exact,
  usdPerSecond: Exact,
): Pick<OfferDetail, 'breakEvenShare' | 'workerShare'> {
  if (time.coveredNs === 0n) return {};
  const workerShare = divide(workMs, exact(time.coveredNs, NS_IN_MS));
  if (isZero(usdPerSecond)) return { workerShare };
  const podUsdPerSecond = divide(spend.coveredComputeUsd, exact(time.coveredNs, NS_IN_SECOND));
  return { breakEvenShare: divide(podUsdPerSecond, usdPerSecond), workerShare };
}

/** Why serverless may cost more than computed. */
export function serverlessWarnings({ input, tally, capacity }: OptionFacts): Warning[] {
  if (input.serverless === undefined || capacity === undefined) return [];
  if (tally.series.length === 0) return [];
  const unknown = sumColumn(tally.busyUnknown);
  return [
    { code: 'serverless-lower-bound' },
    ...(unknown === 0 ? [] : [{ code: 'busy-time-unknown', intervals: unknown } as const]),
  ];
}
