/** Knows when work is due: one table, read from top to bottom. */

import {
  DAY_MS,
  dayStartMs,
  HOUR_MS,
  instantText,
  previousQuarter,
  quarterAt,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import { type Order, orderId } from './queue.ts';

/** What the timetable depends on. */
export interface TimetableWish {
  readonly sources: readonly ScheduledSource[];
  readonly startMonth: number;
  /** When the report of a finished quarter is made. */
  readonly sendOn: SendOn;
  /** Below it each quarter's report gets a folder of its own. */
  readonly reportFolder: string;
}

export interface ScheduledSource {
  readonly id: string;
  readonly tells: readonly string[];
}

export interface SendOn {
  /** The n-th Monday-to-Friday of the new quarter; holidays are not known here. */
  readonly businessDayOfQuarter: number;
  /** `07:00` in `timeZone`. */
  readonly at: string;
  /** An IANA name. */
  readonly timeZone: string;
}

/** One line of the timetable. */
export interface Ring {
  readonly name: string;
  /** Minute, hour, day, month, weekday. */
  readonly cron: string;
  readonly timeZone: string;
  /** What is due when it rings; the same instant always gives the same orders. */
  due(ringAtMs: number): Order[];
}

/**
 * Collecting goes by UTC, for a clock that is set forward skips local hours.
 *
 * | ring    | when                                   | what                                     |
 * | ------- | -------------------------------------- | ---------------------------------------- |
 * | hourly  | five past every hour, UTC              | pull each source since yesterday's start |
 * | prices  | twenty past midnight, UTC              | pull the sources that tell prices alone  |
 * | quarter | n-th business day of the next quarter  | audit it, then make its report           |
 */
export function timetable(wish: TimetableWish): Ring[] {
  const [hour, minute] = wish.sendOn.at.split(':').map(Number);
  const hourly = wish.sources.filter((source) => !tellsPricesAlone(source));
  const daily = wish.sources.filter(tellsPricesAlone);
  return [
    { name: 'hourly', cron: '5 * * * *', timeZone: 'UTC', due: (at) => pulls(hourly, at) },
    { name: 'prices', cron: '20 0 * * *', timeZone: 'UTC', due: (at) => pulls(daily, at) },
    {
      name: 'quarter',
      cron: `${minute} ${hour} * * 1-5`,
      timeZone: wish.sendOn.timeZone,
      due: (at) => quarterDue(wish, at),
    },
  ];
}

function tellsPricesAlone({ tells }: ScheduledSource): boolean {
  return tells.length > 0 && tells.every((fact) => fact === 'prices');
}

/**
 * Windows overlap on purpose: what came late or changed is found, what is known changes nothing.
 */
function pulls(sources: readonly ScheduledSource[], ringAtMs: number): Order[] {
  const hourMs = Math.floor(ringAtMs / HOUR_MS) * HOUR_MS;
  const from = instantText(dayStartMs(ringAtMs) - DAY_MS);
  const to = instantText(hourMs);
  return sources.map(({ id }) => ({
    name: 'pull',
    payload: { source: id, from, to },
    id: orderId('pull', id, to),
  }));
}

function quarterDue(
  { sendOn, startMonth, reportFolder }: TimetableWish,
  ringAtMs: number,
): Order[] {
  const today = localDayMs(ringAtMs, sendOn.timeZone);
  const current = quarterAt(today, startMonth);
  const startMs = quarterPeriod(current, startMonth).startMs;
  if (businessDays(startMs, today) !== sendOn.businessDayOfQuarter) return [];
  const quarter = quarterText(previousQuarter(current));
  const audit = { name: 'audit', payload: { quarter }, id: orderId('audit', quarter) };
  const payload = { quarter, out: `${reportFolder}/${quarter}` };
  return [{ name: 'report', payload, id: orderId('report', quarter), after: audit }];
}

/** Midnight UTC of the date that the calendar on the wall shows. */
function localDayMs(instantMs: number, timeZone: string): number {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone }).format(instantMs);
  return Date.parse(`${date}T00:00:00Z`);
}

/** Mondays to Fridays from `startMs` to `todayMs`, both included; 0 on a weekend. */
function businessDays(startMs: number, todayMs: number): number {
  let count = 0;
  for (let day = startMs; day <= todayMs; day += DAY_MS) if (isWeekday(day)) count += 1;
  return isWeekday(todayMs) ? count : 0;
}

function isWeekday(dayMs: number): boolean {
  const weekday = new Date(dayMs).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}
