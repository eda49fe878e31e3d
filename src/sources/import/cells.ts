/** Parses one cell to a value. An invalid cell rejects its row. */

import {
  compare,
  decimal,
  type Exact,
  exact,
  multiply,
  negate,
  parseExact,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { type NanoUsd, nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, instantText, type Period, parseInstant } from '../../domain/period.ts';
import { quoteShort } from '../../platform/text.ts';
import { type FileRow, RowFault } from './columns.ts';

/** Throws the reject of one cell: the value found, the value expected, and how to fix it. */
export function refuseCell(
  row: FileRow,
  column: string,
  advice: { expected: string; todo: string },
): never {
  const cell = row.cell(column);
  const found = cell === '' ? `${column} is empty` : `${column} is ${quoteShort(cell)}`;
  throw new RowFault(`${found}; expected ${advice.expected}; ${advice.todo}`);
}

/** Text of at most `longest` characters; `undefined` if the cell is empty. */
export function readText(row: FileRow, column: string, longest = 200): string | undefined {
  const cell = row.cell(column);
  if (cell === '') return undefined;
  if (cell.length <= longest) return cell;
  return refuseCell(row, column, { expected: `at most ${longest} characters`, todo: 'shorten it' });
}

export function readRequiredText(row: FileRow, column: string, longest = 200): string {
  const value = readText(row, column, longest);
  return value ?? refuseCell(row, column, { expected: 'text', todo: 'fill it in' });
}

/** Longer texts are not amounts, and big digits take long to parse. */
const LONGEST_NUMBER = 60;

/** An exact decimal; `undefined` if the cell is empty. */
export function readDecimal(row: FileRow, column: string): Exact | undefined {
  const cell = row.cell(column);
  if (cell === '') return undefined;
  const value = cell.length > LONGEST_NUMBER ? undefined : parseExact(cell);
  return (
    value ??
    refuseCell(row, column, { expected: 'a plain decimal like 1234.56', todo: howToFix(cell) })
  );
}

function howToFix(cell: string): string {
  if (/[$€£¥]|usd|eur/i.test(cell)) return 'remove the currency sign';
  if (/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(cell)) return 'remove the thousands separators';
  if (/^[+-]?\d+,\d+$/.test(cell)) return 'write the decimal comma as a point';
  if (/^[+-]?0x/i.test(cell)) return 'use the digits 0 to 9';
  if (/nan|inf|null|n\/a|^-+$/i.test(cell)) return 'leave it empty if it is unknown';
  return 'write only digits';
}

/** A decimal of 0 or more; `undefined` if the cell is empty. */
export function readNonNegative(row: FileRow, column: string): Exact | undefined {
  const value = readDecimal(row, column);
  if (value === undefined || compare(value, ZERO) >= 0) return value;
  return refuseCell(row, column, {
    expected: '0 or more',
    todo: 'leave it empty if it is unknown',
  });
}

/**
 * A bill line of a billion dollars or more means wrong units. Its nano-dollars would not fit the
 * ledger.
 */
const AMOUNT_LIMIT = decimal('1000000000');

/** US dollars of either sign. A credit is negative. */
export function readUsd(row: FileRow, column: string): NanoUsd {
  const value = readDecimal(row, column);
  if (value === undefined) {
    return refuseCell(row, column, { expected: 'US dollars like 1234.56', todo: 'fill it in' });
  }
  const size = value.num < 0n ? negate(value) : value;
  if (compare(size, AMOUNT_LIMIT) < 0) return nanoFromUsd(value);
  const todo = 'check the unit and the decimal point';
  return refuseCell(row, column, { expected: 'less than a billion US dollars', todo });
}

const MAX_COUNT = Number.MAX_SAFE_INTEGER;

/** A count from 0 to `most`; `undefined` if the cell is empty. */
export function readCount(row: FileRow, column: string, most = MAX_COUNT): number | undefined {
  const cell = row.cell(column);
  if (/^\d{1,15}$/.test(cell)) return atMost(row, column, { found: Number(cell), most });
  const value = readDecimal(row, column);
  if (value === undefined) return undefined;
  const found = value.den === 1n && value.num >= 0n ? Number(value.num) : Number.NaN;
  if (!Number.isNaN(found)) return atMost(row, column, { found, most });
  return refuseCell(row, column, {
    expected: 'a whole number, 0 or more',
    todo: 'write a whole number',
  });
}

function atMost(row: FileRow, column: string, { found, most }: { found: number; most: number }) {
  if (found <= most) return found;
  return refuseCell(row, column, { expected: `at most ${most}`, todo: 'check the unit' });
}

export function readRequiredCount(row: FileRow, column: string, most: number): number {
  const advice = { expected: 'a whole number, 0 or more', todo: 'write 0 if there was none' };
  return readCount(row, column, most) ?? refuseCell(row, column, advice);
}

/** Seconds as whole milliseconds of at most `most`, rounded to the nearest: 12.5 becomes 12,500. */
export function readSecondsAsMs(
  row: FileRow,
  column: string,
  most = MAX_COUNT,
): number | undefined {
  const cell = row.cell(column);
  const isPlain = /^\d{1,9}(?:\.\d{1,3})?$/.test(cell);
  const ms = isPlain ? Math.round(Number(cell) * 1000) : roundedMs(row, column);
  if (ms === undefined || ms <= most) return ms;
  return refuseCell(row, column, { expected: 'seconds of one interval', todo: 'check the unit' });
}

function roundedMs(row: FileRow, column: string): number | undefined {
  const value = readNonNegative(row, column);
  return value && Number(toInteger(multiply(value, exact(1000n))));
}

const TIME_ADVICE = {
  expected: 'an ISO 8601 time like 2026-07-01T00:00:00Z',
  todo: 'write it in UTC, or with its offset',
};

/**
 * The earliest accepted time. Bills and usage are not older; 1900 and 1970 are spreadsheet errors.
 */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** A time in ms. Without a time zone it is read as UTC. */
export function readInstant(row: FileRow, column: string): number {
  const instantMs = parseInstant(row.cell(column));
  if (instantMs === undefined) return refuseCell(row, column, TIME_ADVICE);
  return requirePlausibleYear(row, column, instantMs);
}

/** Returns the time if its year is plausible, and rejects the row otherwise. */
export function requirePlausibleYear(row: FileRow, column: string, instantMs: number): number {
  if (instantMs >= EARLIEST_MS && instantMs < LATEST_MS) return instantMs;
  return refuseCell(row, column, { expected: 'a time from 2000 to 2099', todo: 'check the year' });
}

/** The start of a day in ms, from a date or a time at midnight. */
export function readDayCell(row: FileRow, column: string): number {
  const advice = { expected: 'a day like 2026-07-01', todo: 'write only the date' };
  if (parseInstant(row.cell(column)) === undefined) return refuseCell(row, column, advice);
  const instantMs = readInstant(row, column);
  return instantMs === dayStartMs(instantMs) ? instantMs : refuseCell(row, column, advice);
}

/** Whether a time is in the future. One day of tolerance covers wrong clocks and time zones. */
export function isInFuture(atMs: number, nowMs: number): boolean {
  return atMs > nowMs + DAY_MS;
}

/** Rejects a time in the future, when nothing can have been served, billed or worked. */
export function requireNotInFuture(
  row: FileRow,
  column: string,
  time: { atMs: number; nowMs: number },
): void {
  if (!isInFuture(time.atMs, time.nowMs)) return;
  const now = instantText(time.nowMs);
  const expected = `a time up to one day after now, ${now} by this machine's clock`;
  refuseCell(row, column, {
    expected,
    todo: 'check the year, or import the row after that time',
  });
}

/** Prices are announced months ahead, not years. A later date is a wrong year. */
const ANNOUNCED_MS = 366 * DAY_MS;

/** The time from which a price or a rate is valid. */
export function readValidFrom(row: FileRow, nowMs: number): number {
  const atMs = readInstant(row, 'valid_from');
  if (atMs <= nowMs + ANNOUNCED_MS) return atMs;
  const expected = `a time up to one year after now, ${instantText(nowMs)} by this machine's clock`;
  return refuseCell(row, 'valid_from', { expected, todo: 'check the year' });
}

/** The period from `start` to `end`, half-open. */
export function readPeriod(row: FileRow, start = 'start', end = 'end'): Period {
  const startMs = readInstant(row, start);
  const endMs = readInstant(row, end);
  if (endMs > startMs) return { startMs, endMs };
  const expected = `a time after ${start} (${row.cell(start)})`;
  return refuseCell(row, end, { expected, todo: 'the end is not part of the interval' });
}
