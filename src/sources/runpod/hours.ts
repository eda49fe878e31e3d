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
import {
  DAY_MS,
  dayStartMs,
  durationMs,
  HOUR_MS,
  MINUTE_MS,
  overlapMs,
  type Period,
} from '../../domain/period.ts';
import type { Part } from './family.ts';
import type { Holding } from './inventory.ts';
import type { WorkerTime } from './workerLog.ts';

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
  /** What leaves them open: samples too far apart, or GPUs of several prices. */
  readonly by: 'samples' | 'prices';
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
  const { rate, ran, worker, workers } = holding;
  if (worker !== undefined || workers !== undefined) return workerHours(amounts, span, holding);
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

/** Cold starts are billed before a worker is seen, and idle time after its last job. */
const SEEN_SLACK = decimal('0.02');
/**
 * Bounds that lie no further apart than this share of the upper one are one quantity, their middle:
 * it is then 1/19 wrong at most. Sampled every five minutes, an hour of a worker whose start is
 * told and whose end is not is within it.
 */
const CLOSE = decimal('0.1');
/** Two lists no further apart leave no time for a worker that matters and that neither shows. */
const DENSE_MS = 10 * MINUTE_MS;

/**
 * Many workers run under one endpoint, so that their hours have no bound by the bill. $7.50 at
 * $1.10 an hour are 6.82 hours; at $1.10 to $2.50, by the GPU that each worker got, they are 3 to
 * 6.82. The workers that were seen tell more: the hours are those that they ran, where these are
 * known closely and the bill does not speak against them. Time that was seen is at least paid for,
 * whatever the price.
 */
function workerHours(
  amounts: readonly { readonly part: Part; readonly usd: Exact }[],
  span: Period,
  holding: Holding,
): Hours {
  const paid = amounts.find(({ part, usd }) => part.name === 'gpu' && usd.num > 0n);
  if (paid === undefined) return NO_HOURS;
  const { worker, workers } = holding;
  const seen = seenIn(span, holding);
  const { gpuType, low, high } = seen;
  const told = gpuType === undefined ? {} : { gpuType };
  const isAll =
    workers !== undefined && isDense(workers, span) && isAtMost(paid.usd, seen.usd?.high);
  const isExplained = isAll || explains(seen.usd, paid.usd);
  if (isExplained && (isClose(seen) || isClose(seenIn(dayOf(span), holding)))) {
    return { part: 'gpu', quantity: divide(add(low, high), exact(2n)), ...told };
  }
  const list = worker && { low: divide(paid.usd, worker.high), high: divide(paid.usd, worker.low) };
  const isOnePrice = list !== undefined && compare(list.low, list.high) === 0;
  const isWithin = list !== undefined && isAtMost(low, list.high) && isAtMost(list.low, high);
  if (isAll && !(isOnePrice && isWithin)) {
    return { ...NO_HOURS, between: { low, high, by: 'samples' } };
  }
  if (list === undefined) return NO_HOURS;
  const most = isAll ? list.high : larger(list.high, low);
  if (compare(list.low, most) === 0) return { part: 'gpu', quantity: most, isByList: true };
  return { ...NO_HOURS, between: { low: list.low, high: most, by: 'prices' } };
}

function dayOf({ startMs }: Period): Period {
  const dayMs = dayStartMs(startMs);
  return { startMs: dayMs, endMs: dayMs + DAY_MS };
}

export interface SeenHours {
  readonly low: Exact;
  readonly high: Exact;
  /** By the list; absent where a GPU has no price. */
  readonly usd?: { readonly low: Exact; readonly high: Exact };
  /** The one GPU of them all. */
  readonly gpuType?: string;
}

/**
 * Hours of the endpoint's workers in a time: those that are sure, and with those that are possible.
 * A worker of two GPUs under an endpoint of one counts twice.
 */
export function seenIn(
  span: Period,
  { workers, gpuCount = 1 }: Pick<Holding, 'workers' | 'gpuCount'>,
): SeenHours {
  const groups = Map.groupBy(
    (workers?.ran ?? []).filter((one) => overlapMs(one, span) > 0),
    (one) => `${one.gpuCount ?? gpuCount} ${one.gpuType ?? ''}`,
  );
  let [low, high, usd]: [Exact, Exact, SeenHours['usd']] = [ZERO, ZERO, { low: ZERO, high: ZERO }];
  const types = new Set<string | undefined>();
  for (const ran of groups.values()) {
    const { gpuCount: count = gpuCount, gpuType } = ran[0] ?? {};
    types.add(gpuType);
    const [sure, most] = [ran.filter(({ isSure }) => isSure), ran].map((some) =>
      exact(
        BigInt(count) * some.reduce((ms, one) => ms + BigInt(overlapMs(one, span)), 0n),
        BigInt(HOUR_MS),
      ),
    );
    if (sure === undefined || most === undefined) continue;
    [low, high] = [add(low, sure), add(high, most)];
    const price = workers?.usdPerGpuHour(gpuType, span.startMs);
    usd =
      usd === undefined || price === undefined
        ? undefined
        : { low: add(usd.low, multiply(sure, price)), high: add(usd.high, multiply(most, price)) };
  }
  const [gpuType] = types.size === 1 ? types : [undefined];
  const each = exactInteger(gpuCount);
  return {
    low: divide(low, each),
    high: divide(high, each),
    ...(usd === undefined ? {} : { usd }),
    ...(gpuType === undefined ? {} : { gpuType }),
  };
}

function isClose({ low, high }: SeenHours): boolean {
  return high.num > 0n && compare(subtract(high, low), multiply(high, CLOSE)) <= 0;
}

/** No more than the other, but for the slack; what is not known is no bound. */
function isAtMost(a: Exact, b: Exact | undefined): boolean {
  return b !== undefined && compare(a, add(b, multiply(b, SEEN_SLACK))) <= 0;
}

/** Whether the bill is what the hours cost by the list, within the slack of the bill. */
function explains(usd: SeenHours['usd'], paid: Exact): boolean {
  if (usd === undefined || usd.high.num <= 0n) return false;
  const slack = multiply(paid, SEEN_SLACK);
  return compare(usd.low, add(paid, slack)) <= 0 && compare(subtract(paid, slack), usd.high) <= 0;
}

/** Whether the endpoint's workers were listed so often that hardly one can have been missed. */
function isDense({ listedAtMs }: WorkerTime, span: Period): boolean {
  const before = listedAtMs.findLast((atMs) => atMs <= span.startMs);
  if (before === undefined) return false;
  let lastMs = before;
  for (const atMs of listedAtMs) {
    if (atMs <= lastMs) continue;
    if (atMs - lastMs > DENSE_MS) return false;
    lastMs = atMs;
    if (atMs >= span.endMs) return true;
  }
  return false;
}
