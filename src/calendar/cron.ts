/**
 * Parses the five fields of cron in UTC (minute, hour, day of month, month, day of week) and finds
 * the last time a schedule fired.
 */

import { DAY_MS, dayStartMs, HOUR_MS, MINUTE_MS } from '../domain/period.ts';

const FIELDS = [
  { name: 'minute', first: 0, last: 59 },
  { name: 'hour', first: 0, last: 23 },
  { name: 'day of month', first: 1, last: 31 },
  { name: 'month', first: 1, last: 12 },
  { name: 'day of week', first: 0, last: 7 },
] as const;

/** Matching values by field. A date must match both day fields, as in node-cron. */
export type Cron = readonly [
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
];

/**
 * Parses numbers, lists, ranges and steps: `5 * * * *`, `*\/5 8-18/2 * * 1-5`. Names of days and
 * months and letters like `L` are not supported on purpose. Returns `undefined` for anything else,
 * and for a schedule that never fires. node-cron gets the same text and accepts no less.
 */
export function parseCron(text: string): Cron | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return undefined;
  const fields = FIELDS.map((field, at) => parseField(parts[at] ?? '', field));
  if (fields.some((field) => field === undefined)) return undefined;
  const cron = fields as unknown as Cron;
  return isPossible(cron) ? cron : undefined;
}

/** The most days of each month, from January on. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether such a date exists in any year. */
function isPossible([, , days, months]: Cron): boolean {
  const first = Math.min(...days);
  return [...months].some((month) => first <= (MONTH_DAYS[month - 1] ?? 0));
}

/** The last matching minute at or before `nowMs`, searched four years back. */
export function lastCronTimeMs(cron: Cron, nowMs: number): number | undefined {
  const [minutes, hours] = cron;
  const oldestMs = dayStartMs(nowMs) - 4 * 366 * DAY_MS;
  for (let dayMs = dayStartMs(nowMs); dayMs >= oldestMs; dayMs -= DAY_MS) {
    if (!isDay(cron, dayMs)) continue;
    for (const hour of newestFirst(hours)) {
      for (const minute of newestFirst(minutes)) {
        const firedMs = dayMs + hour * HOUR_MS + minute * MINUTE_MS;
        if (firedMs <= nowMs) return firedMs;
      }
    }
  }
  return undefined;
}

function newestFirst(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => b - a);
}

function isDay([, , days, months, weekdays]: Cron, dayMs: number): boolean {
  const date = new Date(dayMs);
  const weekday = date.getUTCDay();
  return (
    days.has(date.getUTCDate()) &&
    months.has(date.getUTCMonth() + 1) &&
    (weekdays.has(weekday) || (weekday === 0 && weekdays.has(7)))
  );
}

type Field = (typeof FIELDS)[number];

function parseField(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parseRange(part, field);
    if (range === undefined) return undefined;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return values;
}

function parseRange(part: string, { first, last }: Field) {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null) return undefined;
  const [, from, to = from, step] = match;
  // A step needs an explicit range: implementations read `5/10` differently.
  if (step !== undefined && from !== undefined && !part.includes('-')) return undefined;
  const start = Number(from ?? first);
  const end = Number(to ?? last);
  const every = Number(step ?? 1);
  const fits = start >= first && end <= last && start <= end && every > 0;
  return fits ? { first: start, last: end, step: every } : undefined;
}
