/** How many paid hours a bucket's amount stands for, where a rate says so. */

import {
  add,
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { durationMs, HOUR_MS, overlapMs, type Period } from '../../domain/period.ts';
import type { Part } from './family.ts';
import type { SeenWorker, WorkerRate } from './hourlyRate.ts';
import type { Holding } from './inventory.ts';

export interface Hours {
  /** Name of the part whose quantity is known; absent where none is. */
  readonly part?: string;
  readonly quantity: Exact;
  /** The bill is more than the present rate allows. */
  readonly aboveRate?: boolean;
  /** The resource ran all the time, and the bill is less than its rate asks. */
  readonly belowRate?: boolean;
  /** Set where the quantity rests on today's list price alone. */
  readonly isByList?: true;
  /** Hours of workers between which the truth lies, where there is no one quantity. */
  readonly between?: WorkerHours;
  /** The one GPU of all workers that were seen to be paid for. */
  readonly gpuType?: string;
}

export interface WorkerHours {
  readonly low: Exact;
  readonly high: Exact;
}

const NO_HOURS: Hours = { quantity: exact(0n) };

/**
 * A pod cannot run longer than its bucket; up to this much more is the rounding of rates and
 * amounts.
 */
const ROUNDING = decimal('1.001');
/** Less than this share of the rate is no rounding. */
const PAID_IN_FULL = decimal('0.99');

/**
 * The amount of the part that the rate explains, divided by the rate: $1.11 at $0.44/h is 111/44
 * hours. Pods stay within their bucket: a bill above it means that the rate has changed since, and
 * hours are not told. A pod that ran all the time was paid for all of it, even where the bill is
 * below its rate, as with prepaid hours.
 */
export function hoursOf(
  amounts: readonly { readonly part: Part; readonly usd: Exact }[],
  span: Period,
  holding: Holding,
): Hours {
  const { rate, ran, worker, seen = [] } = holding;
  if (worker !== undefined || seen.length > 0) return workerHours(amounts, span, { worker, seen });
  if (rate === undefined) return NO_HOURS;
  const longest = divide(exactInteger(durationMs(span)), exactInteger(HOUR_MS));
  const ranAll = ran !== undefined && ran.startMs <= span.startMs && ran.endMs >= span.endMs;
  const paid = amounts.find(({ part, usd }) => part.name === rate.part && usd.num > 0n);
  if (paid === undefined) return { ...NO_HOURS, belowRate: ranAll };
  const quantity = divide(paid.usd, rate.usdPerHour);
  if (ranAll && compare(quantity, multiply(longest, PAID_IN_FULL)) < 0) {
    return { part: rate.part, quantity: longest, belowRate: true };
  }
  if (compare(quantity, longest) <= 0) return { part: rate.part, quantity };
  const isRounding = compare(quantity, multiply(longest, ROUNDING)) <= 0;
  return isRounding ? { part: rate.part, quantity: longest } : { ...NO_HOURS, aboveRate: true };
}

interface Workers {
  readonly worker: WorkerRate | undefined;
  readonly seen: readonly SeenWorker[];
}

/** Cold starts are billed before a worker is seen, and idle time after its last job. */
const SEEN_SLACK = decimal('0.02');

/**
 * Many workers run under one endpoint, so that their hours have no bound. $7.50 at $1.10 an hour
 * are 6.82 hours; at $1.10 to $2.50, by the GPU that each worker got, they are 3 to 6.82, unless
 * the workers that were seen explain the whole amount: then the hours are those that they ran. Time
 * that was seen is at least paid for, whatever the price.
 */
function workerHours(
  amounts: readonly { readonly part: Part; readonly usd: Exact }[],
  span: Period,
  { worker, seen }: Workers,
): Hours {
  const paid = amounts.find(({ part, usd }) => part.name === 'gpu' && usd.num > 0n);
  if (paid === undefined) return NO_HOURS;
  const ran = seen.filter((one) => overlapMs(one.ran, span) > 0);
  const { hours, usd } = timeOf(ran, span);
  const types = new Set(ran.map(({ gpuType }) => gpuType));
  const [gpuType] = types.size === 1 ? types : [undefined];
  const told = gpuType === undefined ? {} : { gpuType };
  const isSeen = usd !== undefined && usd.num > 0n && isNear(usd, paid.usd);
  if (worker === undefined) return isSeen ? { part: 'gpu', quantity: hours, ...told } : NO_HOURS;
  const low = divide(paid.usd, worker.high);
  const high = larger(divide(paid.usd, worker.low), hours);
  if (compare(low, high) === 0) {
    return { part: 'gpu', quantity: low, ...(isSeen ? told : { isByList: true as const }) };
  }
  if (isSeen) return { part: 'gpu', quantity: hours, ...told };
  return { ...NO_HOURS, between: { low, high } };
}

/** Hours that workers were seen to run in a bucket, and what they cost by the list. */
function timeOf(ran: readonly SeenWorker[], span: Period): { hours: Exact; usd?: Exact } {
  let [hours, usd]: [Exact, Exact | undefined] = [ZERO, ZERO];
  for (const one of ran) {
    const own = exact(BigInt(overlapMs(one.ran, span)), BigInt(HOUR_MS));
    hours = add(hours, own);
    const price = one.usdPerHour;
    usd = usd === undefined || price === undefined ? undefined : add(usd, multiply(own, price));
  }
  return usd === undefined ? { hours } : { hours, usd };
}

function isNear(a: Exact, b: Exact): boolean {
  const gap = subtract(a, b);
  const size = gap.num < 0n ? subtract(b, a) : gap;
  return compare(size, multiply(b, SEEN_SLACK)) <= 0;
}
