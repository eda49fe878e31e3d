/** Computes the weekly price of a million tokens, self-hosted and hosted, from daily figures. */

import { divide, type Exact, exactInteger, multiply, sum, ZERO } from '../../domain/exact.ts';
import { DAY_MS } from '../../domain/period.ts';
import type { DetailReading } from '../sections/storedAmounts.ts';

type Day = DetailReading['days'][number];

/** A week from Monday to Sunday (UTC). The window may cut the first and the last. */
export interface WeekPrices {
  readonly mondayMs: number;
  readonly tokens: number;
  /** True if the window has fewer than seven days of it. */
  readonly isCut: boolean;
  /** Dollars per million tokens. Absent in a week without tokens. */
  readonly selfHosted?: Exact;
  /** Also absent if any token of the week had no hosted price. */
  readonly hosted?: Exact;
}

export interface WeeklyPrices {
  readonly weeks: readonly WeekPrices[];
  /**
   * Deployments that never had a hosted price. They are left out on both sides, so the traffic is
   * the same.
   */
  readonly withoutHost: readonly string[];
  /**
   * Dollars per million tokens over all weeks with both prices. Absent if there is no such week.
   */
  readonly total?: { readonly selfHosted: Exact; readonly hosted: Exact };
}

const WEEK_MS = 7 * DAY_MS;
/** 1970-01-01 was a Thursday, so the Monday of its week was three days earlier. */
const FIRST_MONDAY_MS = -3 * DAY_MS;

/** Monday 00:00 UTC of the instant's week. */
export function mondayOf(instantMs: number): number {
  return FIRST_MONDAY_MS + Math.floor((instantMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS;
}

/**
 * Sums dollars and tokens of each week, then divides. Worked number: $6.00 for 12,000,000 tokens
 * and $2.00 for 4,000,000 in one week are $0.50 per million.
 */
export function computeWeeklyPrices({ days }: DetailReading): WeeklyPrices {
  const withoutHost = neverHosted(days);
  const comparable = days.filter(({ deployment }) => !withoutHost.includes(deployment));
  const byMonday = Map.groupBy(comparable, ({ day }) => mondayOf(Date.parse(day)));
  const mondays = mondaysOf(days);
  const daysIn = Map.groupBy(new Set(days.map(({ day }) => Date.parse(day))), mondayOf);
  const weeks = mondays.map((mondayMs) => ({
    ...weekOf(mondayMs, byMonday.get(mondayMs) ?? []),
    isCut: (daysIn.get(mondayMs)?.length ?? 0) < 7,
  }));
  const total = totalOf(weeks);
  return { weeks, withoutHost, ...(total === undefined ? {} : { total }) };
}

function totalOf(weeks: readonly WeekPrices[]): WeeklyPrices['total'] {
  const both = weeks.flatMap(({ selfHosted, hosted, tokens }) =>
    selfHosted === undefined || hosted === undefined ? [] : [{ selfHosted, hosted, tokens }],
  );
  if (both.length === 0) return undefined;
  const tokens = both.reduce((total, week) => total + week.tokens, 0);
  const priceOfAll = (side: 'selfHosted' | 'hosted') =>
    priceOf(sum(both.map((week) => costOf(week[side], week.tokens))), tokens);
  return { selfHosted: priceOfAll('selfHosted'), hosted: priceOfAll('hosted') };
}

/** Empty if no deployment has a hosted price: the self-hosted price is then shown alone. */
function neverHosted(days: readonly Day[]): string[] {
  const all = new Set(days.map(({ deployment }) => deployment));
  const served = days.filter(({ tokens }) => tokens > 0);
  const priced = new Set(
    served.filter(({ hostedUsd }) => hostedUsd !== undefined).map((day) => day.deployment),
  );
  const idle = [...all].filter((id) => !served.some(({ deployment }) => deployment === id));
  if (priced.size === 0) return [];
  return [...all].filter((id) => !priced.has(id) && !idle.includes(id)).sort();
}

function mondaysOf(days: readonly Day[]): number[] {
  const mondays = days.map(({ day }) => mondayOf(Date.parse(day))).sort((a, b) => a - b);
  const [first, last] = [mondays[0], mondays.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from(
    { length: (last - first) / WEEK_MS + 1 },
    (_, index) => first + index * WEEK_MS,
  );
}

function weekOf(mondayMs: number, days: readonly Day[]): Omit<WeekPrices, 'isCut'> {
  const tokens = Math.round(days.reduce((total, day) => total + day.tokens, 0));
  if (tokens === 0) return { mondayMs, tokens };
  const selfHosted = priceOf(sum(days.map(({ coveredSpendUsd }) => coveredSpendUsd)), tokens);
  const unpriced = days.some((day) => day.tokens > 0 && day.hostedUsd === undefined);
  if (unpriced) return { mondayMs, tokens, selfHosted };
  const hosted = sum(days.map(({ hostedUsd }) => hostedUsd ?? ZERO));
  return { mondayMs, tokens, selfHosted, hosted: priceOf(hosted, tokens) };
}

const MILLION = exactInteger(1_000_000);

function priceOf(usd: Exact, tokens: number): Exact {
  return divide(multiply(usd, MILLION), exactInteger(tokens));
}

function costOf(usdPerMtok: Exact, tokens: number): Exact {
  return divide(multiply(usdPerMtok, exactInteger(tokens)), MILLION);
}
