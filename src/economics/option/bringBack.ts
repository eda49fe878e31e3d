/** The bring-back option: traffic bought elsewhere, served on self-hosted GPUs. */

import {
  add,
  type Exact,
  exact,
  exactInteger,
  multiply,
  negate,
  ONE,
  sum,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import { paidByHour } from '../bill/replicaTime.ts';
import { NO_PAID_HOURS, nonGpuSpend } from '../usage/coverage.ts';
import type { BoughtModel, BoughtTraffic } from '../hosted/bought.ts';
import type { NoOffer, ScaledOffer } from '../offer.ts';
import type { Capacity } from '../result.ts';
import { hourlyTokens } from '../usage/hours.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';

const NS_IN_HOUR = 3_600_000_000_000n;
/** Tokens are split to a thousandth; a billionth of a replica is rounding, not another replica. */
const THOUSANDTHS = 1000;
const ROUNDING = 1e-9;

/**
 * As keep, but bought tokens are served by free capacity of paid replicas and by further
 * replica-hours at our own rate. Their current cost is saved. Bought tokens are in no other option.
 * Only paid hours with known usage are compared. One replica that can serve 8,640,000 tokens an
 * hour and serves 5,640,000 takes 3,000,000 for free; for more it needs another replica for the
 * hour.
 */
export function bringBackOffer(facts: OptionFacts): BareOffer | NoOffer | undefined {
  const { bought, capacity, time, spend } = facts;
  if (bought === undefined || bought.tokens === 0) return undefined;
  if (capacity === undefined) return { reason: { code: 'capacity-unknown' } };
  if (time.coveredNs === 0n) return { reason: NO_PAID_HOURS };
  const need = needByScale(facts, bought, capacity);
  const found = need(ONE);
  if (found.usd.num <= 0n) return { reason: { code: 'bought-tokens-without-bill' } };
  const rate = multiply(spend.coveredComputeUsd, exact(NS_IN_HOUR, time.coveredNs));
  const at = ({ extraHours, usd: spent }: Need): ScaledOffer => {
    const extra = multiply(rate, exactInteger(sumOf(extraHours)));
    const less = negate(spent);
    return {
      gpuUsd: add(spend.coveredComputeUsd, extra),
      hosted: { atZeroUsd: less, atOneUsd: less },
    };
  };
  return {
    ...at(found),
    ...nonGpuSpend(spend),
    rate: 'own',
    atScale: (scale) => at(need(scale)),
    days: { ...daysOf(facts, found, toNumber(rate)), hosts: [] },
    detail: {
      broughtTokens: Math.round(sumOf(found.tokens)),
      broughtUsd: found.usd,
      extraReplicaHours: exactInteger(sumOf(found.extraHours)),
      leastExtraReplicaHours: exactInteger(sumOf(found.leastHours)),
      grain: bought.rows.every(isHourly) ? 'hour' : 'day',
    },
  };
}

/** Need by day of the grid. */
interface Need {
  /** Tokens brought back. */
  readonly tokens: readonly number[];
  readonly extraHours: readonly number[];
  /** If tokens known only by day had arrived whenever there was room. */
  readonly leastHours: readonly number[];
  /** Today's cost of the tokens brought back, in total and by day. */
  readonly usd: Exact;
  readonly usdByDay: readonly Exact[];
}

function isHourly({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }) {
  return endMs - startMs <= HOUR_MS;
}

/** Paid hours of the period with known usage. */
interface Hour {
  readonly day: number;
  readonly own: number;
  /** Capacity of its paid replicas. */
  readonly held: number;
  /** Bought tokens of the hour, if known by hour. */
  readonly fine: number;
}

function needByScale(facts: OptionFacts, bought: BoughtTraffic, capacity: Capacity) {
  const { tally, bill, grid, input } = facts;
  const perSecond = toNumber(multiply(capacity.tokensPerSecond, input.rightSize.headroom));
  const perHour = perSecond * 3600;
  const own = hourlyTokens(tally.series, grid.window);
  const paid = paidByHour(bill.pieces, grid.window);
  const isCompared = (hour: number) =>
    !Number.isNaN(own[hour] ?? Number.NaN) && (paid[hour] ?? 0) > 0;
  const split = splitRows(bought, grid, isCompared);
  const hours = [...own.keys()].filter(isCompared).map(
    (hour): Hour => ({
      day: dayOf(grid, hour),
      own: own[hour] ?? 0,
      held: (perHour * (paid[hour] ?? 0)) / Number(NS_IN_HOUR),
      fine: split.fine[hour] ?? 0,
    }),
  );
  const byDay = Map.groupBy(hours, ({ day }) => day);
  const dollars = costByDay(bought, split, grid);
  return (scale: Exact): Need => {
    const factor = toNumber(scale);
    const days = Array.from({ length: grid.count }, (_, day) =>
      dayNeed(byDay.get(day) ?? [], { coarse: split.coarse[day] ?? 0, perHour, scale: factor }),
    );
    const usdByDay = dollars.map((each) => multiply(each, scale));
    return {
      tokens: days.map(({ tokens }) => tokens),
      extraHours: days.map(({ extra }) => extra),
      leastHours: days.map(({ least }) => least),
      usd: sum(usdByDay),
      usdByDay,
    };
  };
}

function dayOf(grid: DayGrid, hour: number): number {
  return dayIndex(grid, grid.window.startMs + hour * HOUR_MS);
}

interface Split {
  /** Bought tokens by hour of the period, from rows of at most an hour. */
  readonly fine: Float64Array;
  /** The others by day, for the compared part of the day. */
  readonly coarse: Float64Array;
  /** By model and day: all tokens, and the compared ones. */
  readonly all: ReadonlyMap<BoughtModel, Float64Array>;
  readonly compared: ReadonlyMap<BoughtModel, Float64Array>;
}

/** A row longer than an hour is spread evenly over its hours, to determine its compared part. */
function splitRows(
  { models, rows }: BoughtTraffic,
  grid: DayGrid,
  isCompared: (hour: number) => boolean,
): Split {
  const { startMs: firstMs, endMs: lastMs } = grid.window;
  const hours = Math.ceil((lastMs - firstMs) / HOUR_MS);
  const perDay = () => new Map(models.map((model) => [model, new Float64Array(grid.count)]));
  const split = {
    fine: new Float64Array(hours),
    coarse: new Float64Array(grid.count),
    all: perDay(),
    compared: perDay(),
  };
  for (const row of rows) {
    const { startMs, endMs, model, tokens } = row;
    const from = Math.floor((startMs - firstMs) / HOUR_MS);
    const to = Math.ceil((endMs - firstMs) / HOUR_MS);
    for (let hour = from; hour < to; hour += 1) {
      const cut = Math.min(endMs, firstMs + (hour + 1) * HOUR_MS);
      const begin = Math.max(startMs, firstMs + hour * HOUR_MS);
      const part = (tokens * (cut - begin)) / (endMs - startMs);
      const day = dayOf(grid, hour);
      bump(split.all.get(model), day, part);
      if (!isCompared(hour)) continue;
      bump(split.compared.get(model), day, part);
      if (isHourly(row)) bump(split.fine, hour, part);
      else bump(split.coarse, day, part);
    }
  }
  return split;
}

function bump(values: Float64Array | undefined, at: number, by: number): void {
  if (values !== undefined) values[at] = (values[at] ?? 0) + by;
}

/**
 * Cost by day in proportion to tokens: if half of the tokens are compared, so is half of the cost.
 */
function costByDay({ models }: BoughtTraffic, { all, compared }: Split, grid: DayGrid): Exact[] {
  return Array.from({ length: grid.count }, (_, day) =>
    sum(
      models.map((model) => {
        const [whole, part] = [all, compared].map((of) =>
          BigInt(Math.round((of.get(model)?.[day] ?? 0) * THOUSANDTHS)),
        );
        if (!whole || !part) return ZERO;
        return multiply(usd(model.byDay.get(day) ?? 0n), exact(part, whole));
      }),
    ),
  );
}

interface DayTerms {
  readonly coarse: number;
  readonly perHour: number;
  readonly scale: number;
}

/**
 * Tokens known only by day are distributed like our own load; a day without load spreads them
 * evenly. At best they arrive whenever there is room.
 */
function dayNeed(hours: readonly Hour[], { coarse, perHour, scale }: DayTerms) {
  const load = sumOf(hours.map(({ own }) => own));
  const over = (tokens: number) => wholeHours(tokens / perHour);
  let [tokens, extra, least, room] = [0, 0, 0, 0];
  for (const hour of hours) {
    const free = Math.max(0, hour.held - hour.own * scale);
    const fine = hour.fine * scale;
    const share = load > 0 ? hour.own / load : 1 / hours.length;
    const arriving = fine + coarse * scale * share;
    tokens += arriving;
    extra += over(arriving - free);
    least += over(fine - free);
    room += Math.max(0, free - fine);
  }
  return { tokens, extra, least: least + over(coarse * scale - room) };
}

function wholeHours(replicas: number): number {
  return Math.max(0, Math.ceil(replicas - ROUNDING * Math.max(1, replicas)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function daysOf({ covered }: OptionFacts, need: Need, rate: number) {
  const extra = need.extraHours.map((hours) => hours * rate);
  const gpuUsd = Float64Array.from(
    covered,
    ({ coveredComputeUsd }, day) => toNumber(coveredComputeUsd) + (extra[day] ?? 0),
  );
  const ownUsd = Float64Array.from(
    covered,
    ({ coveredUsd }, day) => toNumber(coveredUsd) + (extra[day] ?? 0),
  );
  return { ownUsd, gpuUsd, sparedUsd: Float64Array.from(need.usdByDay, toNumber) };
}
