/** Computes the paid hours of a billing bucket from its amount and a rate. */

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
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import {
  DAY_MS,
  dayStartMs,
  dayText,
  durationMs,
  HOUR_MS,
  MINUTE_MS,
  overlapMs,
  type Period,
  splitByDay,
} from '../../domain/period.ts';
import type { RunpodPart } from './wire.ts';
import type { RunpodDetails } from './inventory.ts';
import type { EndpointWorkers, WorkerLog } from './workers.ts';
import type { Fetched } from '../../domain/provenance.ts';

export interface BucketHours {
  /** Name of the part with a known quantity; absent if none has one. */
  readonly part?: string;
  readonly quantity: Exact;
  /** The bill exceeds the current rate. */
  readonly aboveRate?: boolean;
  /** The resource ran the whole bucket, and the bill is below its rate. */
  readonly belowRate?: boolean;
  /** Set if the quantity comes from today's list price alone. */
  readonly isByList?: true;
  /** Bounds of the worker hours, if there is no single quantity. */
  readonly between?: WorkerHours;
  /** The GPU type of the paid workers, if they share one. */
  readonly gpuType?: string;
}

export interface WorkerHours {
  readonly low: Exact;
  readonly high: Exact;
  /** The cause of the range: samples too far apart, or GPUs of several prices. */
  readonly by: 'samples' | 'prices';
}

const NO_HOURS: BucketHours = { quantity: exact(0n) };

/** A pod cannot run longer than its bucket. Up to this factor is rounding of rates and amounts. */
const ROUNDING = decimal('1.001');
/** A bill below this share of the rate is not rounding. */
const PAID_IN_FULL = decimal('0.99');

/**
 * Divides the amount of the part by its rate: $1.11 at $0.44/h is 111/44 hours. A bill above the
 * bucket's length means that the rate has changed, so hours are unknown. A pod that ran the whole
 * bucket was paid for all of it, even if billed below its rate, as with prepaid hours.
 */
export function computePaidHours(
  amounts: readonly { readonly part: RunpodPart; readonly usd: Exact }[],
  span: Period,
  holding: RunpodDetails,
): BucketHours {
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

/** Tolerance for cold starts, billed before a worker is seen, and idle time after its last job. */
const SEEN_SLACK = decimal('0.02');
/**
 * Bounds at most this share of the upper one apart become one quantity, their middle, at most 1/19
 * wrong. With samples every five minutes, an hour of a worker with a known start and an unknown end
 * is within it.
 */
const CLOSE = decimal('0.1');
/** Lists at most this far apart cannot miss a worker that matters. */
const DENSE_MS = 10 * MINUTE_MS;

/**
 * Computes the hours of an endpoint's workers, which the bucket does not bound. $7.50 at $1.10 an
 * hour are 6.82 hours; at $1.10 to $2.50, depending on each worker's GPU, they are 3 to 6.82. If
 * the observed worker hours are known closely and the bill does not contradict them, they are the
 * result. Observed time is a lower bound, whatever the price.
 */
function workerHours(
  amounts: readonly { readonly part: RunpodPart; readonly usd: Exact }[],
  span: Period,
  holding: RunpodDetails,
): BucketHours {
  const paid = amounts.find(({ part, usd }) => part.name === 'gpu' && usd.num > 0n);
  if (paid === undefined) return NO_HOURS;
  const { worker, workers } = holding;
  const seen = observedHours(span, holding);
  const { gpuType, low, high } = seen;
  const knownType = gpuType === undefined ? {} : { gpuType };
  const isAll =
    workers !== undefined && isDense(workers, span) && isAtMost(paid.usd, seen.usd?.high);
  const isConsistent = isAll || explains(seen.usd, paid.usd);
  if (isConsistent && (isClose(seen) || isClose(observedHours(dayOf(span), holding)))) {
    return { part: 'gpu', quantity: divide(add(low, high), exact(2n)), ...knownType };
  }
  const byPrice = worker && {
    low: divide(paid.usd, worker.high),
    high: divide(paid.usd, worker.low),
  };
  const isOnePrice = byPrice !== undefined && compare(byPrice.low, byPrice.high) === 0;
  const isWithin =
    byPrice !== undefined && isAtMost(low, byPrice.high) && isAtMost(byPrice.low, high);
  if (isAll && !(isOnePrice && isWithin)) {
    return { ...NO_HOURS, between: { low, high, by: 'samples' } };
  }
  if (byPrice === undefined) return NO_HOURS;
  const most = isAll ? byPrice.high : larger(byPrice.high, low);
  if (compare(byPrice.low, most) === 0) return { part: 'gpu', quantity: most, isByList: true };
  return { ...NO_HOURS, between: { low: byPrice.low, high: most, by: 'prices' } };
}

function dayOf({ startMs }: Period): Period {
  const dayMs = dayStartMs(startMs);
  return { startMs: dayMs, endMs: dayMs + DAY_MS };
}

export interface ObservedHours {
  readonly low: Exact;
  readonly high: Exact;
  /** US dollars at list price; absent if a GPU has no price. */
  readonly usd?: { readonly low: Exact; readonly high: Exact };
  /** The GPU type, if all workers share one. */
  readonly gpuType?: string;
}

/**
 * Certain and possible hours of the endpoint's workers in a period. A worker with two GPUs under an
 * endpoint of one counts twice.
 */
function observedHours(
  span: Period,
  { workers, gpuCount = 1 }: Pick<RunpodDetails, 'workers' | 'gpuCount'>,
): ObservedHours {
  const groups = Map.groupBy(
    (workers?.ran ?? []).filter((one) => overlapMs(one, span) > 0),
    (one) => `${one.gpuCount ?? gpuCount} ${one.gpuType ?? ''}`,
  );
  let [low, high, usd]: [Exact, Exact, ObservedHours['usd']] = [
    ZERO,
    ZERO,
    { low: ZERO, high: ZERO },
  ];
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

function isClose({ low, high }: ObservedHours): boolean {
  return high.num > 0n && compare(subtract(high, low), multiply(high, CLOSE)) <= 0;
}

/** Whether `a` is at most `b` plus the tolerance. An unknown `b` is no bound. */
function isAtMost(a: Exact, b: Exact | undefined): boolean {
  return b !== undefined && compare(a, add(b, multiply(b, SEEN_SLACK))) <= 0;
}

/** Whether the bill matches the list price of the hours, within the tolerance. */
function explains(usd: ObservedHours['usd'], paid: Exact): boolean {
  if (usd === undefined || usd.high.num <= 0n) return false;
  const slack = multiply(paid, SEEN_SLACK);
  return compare(usd.low, add(paid, slack)) <= 0 && compare(subtract(paid, slack), usd.high) <= 0;
}

/** Whether the endpoint's workers were listed often enough that hardly any was missed. */
function isDense({ listedAtMs }: EndpointWorkers, span: Period): boolean {
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

interface About {
  readonly sourceId: string;
  readonly window: Period;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/**
 * Yields one `runpod.workers` fetch: the bounds of GPU-hours by endpoint, UTC day and GPU. Yields
 * nothing if no worker was observed in the window.
 */
export function* workerBounds(workers: WorkerLog, about: About): Generator<Fetched> {
  const { sourceId, window, startedAtMs, endedAtMs } = about;
  const endpoints = [...workers.times()]
    .map(([id, time]) => ({ id, days: daysOf(time, window) }))
    .filter(({ days }) => days.length > 0)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (endpoints.length === 0) return;
  const body = new TextEncoder().encode(JSON.stringify({ endpoints }));
  const url = `ledger:${sourceId}`;
  const fetch = { sourceId, kind: 'runpod.workers', url, window, startedAtMs, endedAtMs, body };
  yield { fetch };
}

function daysOf(time: EndpointWorkers, window: Period) {
  const types = [...new Set(time.ran.map(({ gpuType }) => gpuType))].toSorted((a = '', b = '') =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  return splitByDay(window).flatMap((day) =>
    types.flatMap((gpuType) => {
      const workers = { ...time, ran: time.ran.filter((one) => one.gpuType === gpuType) };
      const { low, high } = observedHours(day, { workers });
      if (high.num === 0n) return [];
      const hours = {
        lowGpuHours: toDecimal(low, 4, 'floor'),
        highGpuHours: toDecimal(high, 4, 'ceiling'),
      };
      return [
        { day: dayText(day.startMs), ...(gpuType === undefined ? {} : { gpuType }), ...hours },
      ];
    }),
  );
}
