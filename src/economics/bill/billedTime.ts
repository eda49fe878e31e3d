/** Collects the time bought by compute charges, in columns, while charges are read one by one. */

import type { Charge } from '../../domain/charge.ts';
import { type Exact, ONE, divideRounded } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { numberVector, wholeVector } from '../columns.ts';
import type { BilledRows, TimeGuess } from '../chargeBook.ts';
import type { KnownResource } from './attribution.ts';
import {
  bucketAmount,
  type ChargeTime,
  type ChargeBucket,
  findMostExpensiveBucket,
  bucketGpus,
  guessedTime,
  timedLine,
  statedTime,
} from './paidTime.ts';

/** A resource and the deployments it serves: one buyer for each combination. */
export interface Buyer {
  /** A number for each resource. */
  readonly resource: number;
  readonly resourceId: string;
  /** A number for each group of sharers. */
  readonly party: number;
  readonly sharers: readonly number[];
  readonly known: KnownResource | undefined;
  /**
   * Charges of the current period. They are kept here and not in a map that is cleared again and
   * again: V8 chains its old tables, and each would keep its charges alive for long.
   */
  first?: Charge | undefined;
  more?: Charge[] | undefined;
  /** The result of the last charge of its kind: the next hour usually has the same. */
  before?: Before;
}

interface Before {
  quantity: Charge['quantity'];
  unit: string | undefined;
  gpuType: string | undefined;
  gpuCount: number | undefined;
  lengthMs: number;
  row: Row;
}

/** The row booked for a bucket, for any period of the same length. */
interface Row {
  /** Key of the sharers and of the time's unit (GPU or resource). */
  readonly key: number;
  readonly ns: bigint;
  /** Never rounded: rows with the same key and period are merged. */
  readonly isWhole: boolean;
}

interface Bought {
  readonly time: BilledRows;
  readonly guesses: readonly TimeGuess[];
}

interface Keeper {
  /** Charges must come in order of end, then start, then resource. */
  add(charge: Charge, buyer: Buyer): void;
  close(): Bought;
}

/** Combines the results of two keepers of different charges. */
export function combineBilledTime(one: Bought, other: Bought): Bought {
  const time: BilledRows = {
    length: one.time.length + other.time.length,
    *[Symbol.iterator]() {
      yield* one.time;
      yield* other.time;
    },
  };
  return { time, guesses: [...one.guesses, ...other.guesses] };
}

const NS_IN_MS = 1_000_000n;

/**
 * Charges of one resource with the same period pay for the same time. They come one after another
 * and are released once processed, because data held for an hour of all pods outlives V8's young
 * space. Charges without time in themselves or an inventory wait to the end, because charges of one
 * resource may explain each other.
 */
export function billedTimeKeeper(deployments: readonly { readonly gpus: Exact }[]): Keeper {
  const rows = rowList(deployments);
  const unknownTime = unknownTimeList();
  const open: Buyer[] = [];
  let now: Period = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.NEGATIVE_INFINITY };
  const flush = () => {
    for (const buyer of open) {
      const row = rowBefore(buyer, now);
      const bucket = bucketOf(buyer, now);
      if (row === undefined) book(buyer, bucket);
      else rows.add(buyer, row, now);
    }
    open.length = 0;
  };
  const book = (buyer: Buyer, bucket: ChargeBucket) => {
    const time = statedTime(bucket);
    if (time === undefined) return unknownTime.add(buyer, bucket);
    const row = rows.rowOf(buyer, bucket.period, time);
    rows.add(buyer, row, bucket.period);
    keepBefore(buyer, bucket, row);
  };
  return {
    add(charge, buyer) {
      const { period } = charge;
      if (period.endMs !== now.endMs || period.startMs !== now.startMs) {
        invariant(period.endMs >= now.endMs, 'charges come by their end');
        flush();
        rows.end(now);
        now = period;
      } else if (open[0] !== undefined && open[0].resource !== buyer.resource) {
        flush();
      }
      if (buyer.first === undefined) {
        open.push(buyer);
        buyer.first = charge;
      } else {
        buyer.more ??= [];
        buyer.more.push(charge);
      }
    },
    close() {
      flush();
      rows.end(now);
      const guesses = new Map<string, TimeGuess>();
      for (const { buyer, period, time } of unknownTime.guessed()) {
        rows.add(buyer, rows.rowOf(buyer, period, time), period);
        rows.end(period);
        const { resourceId, sharers } = buyer;
        const kind = time.guess ?? 'whole period';
        guesses.set(`${kind} ${buyer.party} ${resourceId}`, { kind, resourceId, sharers });
      }
      return { time: rows, guesses: [...guesses.values()] };
    },
  };
}

/** The last row, if a single charge repeats its time fields. */
function rowBefore({ first, more, before }: Buyer, period: Period): Row | undefined {
  if (before === undefined || first === undefined || more !== undefined) return undefined;
  const isSame =
    first.quantity === before.quantity &&
    first.unit === before.unit &&
    first.gpuType === before.gpuType &&
    first.gpuCount === before.gpuCount &&
    durationMs(period) === before.lengthMs;
  return isSame ? before.row : undefined;
}

/** Only if the charge itself states its time: time by rate depends on the amount. */
function keepBefore(buyer: Buyer, { charges, period }: ChargeBucket, row: Row): void {
  const [only, ...others] = charges;
  if (only === undefined || others.length > 0 || timedLine(only) === undefined) return;
  const { quantity, unit, gpuType, gpuCount } = only;
  const before = { quantity, unit, gpuType, gpuCount, lengthMs: durationMs(period), row };
  if (buyer.before === undefined) buyer.before = before;
  else Object.assign(buyer.before, before);
}

/** Moves the charges out of the buyer. */
function bucketOf(buyer: Buyer, period: Period): ChargeBucket {
  const { first, more = [], known } = buyer;
  buyer.first = undefined;
  buyer.more = undefined;
  return { period, charges: first === undefined ? more : [first, ...more], known };
}

interface RowList extends BilledRows {
  rowOf(buyer: Buyer, period: Period, time: ChargeTime): Row;
  add(buyer: Buyer, row: Row, period: Period): void;
  /** Ends a period: no more rows of it follow. */
  end(period: Period): void;
}

/**
 * If the time of one replica is a whole number of nanoseconds per millisecond, nothing is ever
 * rounded. The replicas of one deployment are then one row.
 */
function rowList(deployments: readonly { readonly gpus: Exact }[]): RowList {
  const [who, isGpu, startMs, endMs] = [
    numberVector(),
    numberVector(),
    numberVector(),
    numberVector(),
  ];
  const ns = wholeVector();
  const parties: (readonly number[])[] = [];
  // By key, for the current period.
  const pending: bigint[] = [];
  const keys: number[] = [];
  const push = (key: number, period: Period, time: bigint) => {
    who.push(Math.floor(key / 2));
    isGpu.push(key % 2);
    startMs.push(period.startMs);
    endMs.push(period.endMs);
    ns.push(time);
  };
  const isWhole = ({ sharers: [only, ...others] }: Buyer, of: ChargeTime['of'], perMs: bigint) => {
    if (only === undefined || others.length > 0) return false;
    const { num, den } = (of === 'gpu' ? deployments[only]?.gpus : undefined) ?? ONE;
    return (perMs * den) % num === 0n;
  };
  return {
    get length() {
      return ns.length;
    },
    rowOf(buyer, period, { of, ms }) {
      const ns = divideRounded(ms.num * NS_IN_MS, ms.den, 'half-even');
      const key = buyer.party * 2 + (of === 'gpu' ? 1 : 0);
      const lengthMs = BigInt(durationMs(period));
      return { key, ns, isWhole: ns % lengthMs === 0n && isWhole(buyer, of, ns / lengthMs) };
    },
    add({ party, sharers }, { key, ns: time, isWhole: isPending }, period) {
      if (time === 0n) return;
      parties[party] = sharers;
      if (!isPending) return push(key, period, time);
      if ((pending[key] ?? 0n) === 0n) keys.push(key);
      pending[key] = (pending[key] ?? 0n) + time;
    },
    end(period) {
      for (const key of keys) {
        push(key, period, pending[key] ?? 0n);
        pending[key] = 0n;
      }
      keys.length = 0;
    },
    *[Symbol.iterator]() {
      for (let at = 0; at < ns.length; at += 1) {
        const [from, to] = [startMs.at(at), endMs.at(at)];
        const of = isGpu.at(at) === 1 ? 'gpu' : 'resource';
        yield { sharers: parties[who.at(at)] ?? [], of, startMs: from, endMs: to, ns: ns.at(at) };
      }
    },
  };
}

/** Buckets without stated time, kept until all of them are known. */
function unknownTimeList() {
  const buyers: Buyer[] = [];
  const places = new Map<Buyer, number>();
  const [who, startMs, endMs, gpus] = [
    numberVector(),
    numberVector(),
    numberVector(),
    numberVector(),
  ];
  const amount = wholeVector();
  const explain = findMostExpensiveBucket();
  return {
    add(buyer: Buyer, bucket: ChargeBucket): void {
      const { period } = bucket;
      const place = places.get(buyer) ?? buyers.push(buyer) - 1;
      places.set(buyer, place);
      who.push(place);
      startMs.push(period.startMs);
      endMs.push(period.endMs);
      gpus.push(bucketGpus(bucket) ?? Number.NaN);
      amount.push(bucketAmount(bucket));
      explain.add(buyer.resource, period, bucketAmount(bucket));
    },
    *guessed() {
      for (let at = 0; at < amount.length; at += 1) {
        const buyer = buyers[who.at(at)];
        invariant(buyer !== undefined, 'a bucket has a buyer');
        const period = { startMs: startMs.at(at), endMs: endMs.at(at) };
        const count = gpus.at(at);
        const known = { period, amount: amount.at(at), most: explain.of(buyer.resource) };
        const time = guessedTime({ ...known, ...(Number.isNaN(count) ? {} : { gpus: count }) });
        yield { buyer, period, time };
      }
    },
  };
}
