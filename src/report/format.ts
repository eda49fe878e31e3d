/**
 * Formats figures, probabilities and lists of names. The only place where numbers of a report are
 * rounded (half to even; probabilities down) and written in the reader's format.
 */

import { dollarDigits, type UsdText, type RatioText } from '../domain/figures.ts';
import {
  compare,
  decimal,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  negate,
  ONE,
  toDecimal,
  type RoundingMode,
  toSignificantDigits,
  trimZeros,
} from '../domain/exact.ts';
import { DAY_MS, parseInstant } from '../domain/period.ts';
import { oneLine } from './displayText.ts';
import type { LocaleFormat, Reader } from './locale.ts';

const HUNDRED = exact(100n);

/** Text for an unknown figure, instead of a zero or an empty cell. */
export const UNKNOWN = 'unknown';

/**
 * Dollars: whole from $100 up, cents below, and two significant digits under a cent. 41200.4 is
 * `$41,200`, 6.374175 is `$6.37`, 0.000004 is `$0.000004`, -5 is `-$5.00`, 0 is `$0`.
 */
export function dollars(amount: Exact | UsdText, format: LocaleFormat): string {
  const usd = typeof amount === 'string' ? decimal(amount) : amount;
  if (usd.num < 0n) return `-${dollars(negate(usd), format)}`;
  return format.usd(dollarDigits(usd));
}

/** Dollars with fixed decimals, for figures in a column: 0.5 with 2 is `$0.50`. */
export function dollarsTo(usd: Exact, places: number, format: LocaleFormat): string {
  if (usd.num < 0n) return `-${dollarsTo(negate(usd), places, format)}`;
  return format.usd(toDecimal(usd, places));
}

/**
 * Dollars per million tokens with three significant digits: 0.384615 is `$0.385`, 1234 is `$1,230`.
 */
export function pricePerMtok(price: Exact, format: LocaleFormat): string {
  if (isZero(price)) return format.usd('0');
  if (price.num < 0n) return `-${pricePerMtok(negate(price), format)}`;
  return format.usd(toSignificantDigits(price, 3));
}

/**
 * A share: whole percents from 10 up, one decimal below. Above 0 it never reads 0%, and below 1
 * never 100%: 0.361111 is `36%`, 0.0361 is `3.6%`, 0.0001 is `<0.1%`, 0.9996 is `>99.9%`.
 */
export function percent(share: Exact, format: LocaleFormat): string {
  if (share.num < 0n) return `-${percent(negate(share), format)}`;
  const value = multiply(share, HUNDRED);
  if (isZero(value)) return format.percent('0');
  if (compare(value, decimal('0.05')) < 0) return `<${format.percent('0.1')}`;
  if (compare(value, decimal('9.95')) < 0) return format.percent(trimZeros(toDecimal(value, 1)));
  const whole = toDecimal(value, 0);
  if (whole !== '100' || compare(share, ONE) >= 0) return format.percent(whole);
  const fine = toDecimal(value, 1);
  return fine === '100.0' ? `>${format.percent('99.9')}` : format.percent(fine);
}

/** The same for a share that is a binary number, as charts have it. */
export function percentOf(share: number, format: LocaleFormat): string {
  return percent(exact(BigInt(Math.round(share * 1e6)), 1_000_000n), format);
}

/** A factor with two significant digits: 2.8224 is `2.8×`, 13.2 is `13×`. */
export function times(factor: Exact, format: LocaleFormat): string {
  return `${format.number(toSignificantDigits(factor, 2))}×`;
}

/**
 * A number with three significant digits, without trailing zeros: 0.361111 is `0.361`, 2400 is
 * `2,400`.
 */
export function shortNumber(value: Exact, format: LocaleFormat): string {
  if (isZero(value)) return '0';
  if (value.num < 0n) return `-${shortNumber(negate(value), format)}`;
  return format.number(trimZeros(toSignificantDigits(value, 3)));
}

const SCALES = [
  { zeros: 12, letter: 'T' },
  { zeros: 9, letter: 'B' },
  { zeros: 6, letter: 'M' },
  { zeros: 3, letter: 'K' },
] as const;

/**
 * A count of tokens with three significant digits: 15,600,000 is `15.6M`, 999,999 is `1M`, 950 is
 * `950`.
 */
export function tokenCount(count: number, format: LocaleFormat): string {
  const rounded = count === 0 ? '0' : toSignificantDigits(exactInteger(Math.round(count)), 3);
  const value = decimal(rounded);
  const scale = SCALES.find(({ zeros }) => compare(value, exact(10n ** BigInt(zeros))) >= 0);
  if (scale === undefined) return format.number(trimZeros(rounded));
  const scaled = trimZeros(toDecimal(multiply(value, decimal(`1e-${scale.zeros}`)), 2));
  return `${format.number(scaled)}${scale.letter}`;
}

/** A whole number with thousands separators: `1,234`. */
export function wholeText(count: number, format: LocaleFormat): string {
  return format.number(String(count));
}

/** `1 deployment`, `1,200 rows`. */
export function counted(count: number, noun: string, format: LocaleFormat): string {
  return `${wholeText(count, format)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Jul 1, 2026`, in UTC. */
export function dateText(instantMs: number, format: LocaleFormat): string {
  return format.date(instantMs);
}

/** `Jul 1`, where the context makes the year clear. */
export function dayOfMonth(instantMs: number, format: LocaleFormat): string {
  return format.dayOfMonth(instantMs);
}

/** `Jul 2026`. */
export function monthOfYear(instantMs: number, format: LocaleFormat): string {
  return format.monthOfYear(instantMs);
}

/** `Jul 1, 2026 04:00 UTC`. */
export function momentText(instantMs: number, format: LocaleFormat): string {
  return `${dateText(instantMs, format)} ${timeText(instantMs)}`;
}

/** `04:00 UTC`. */
export function timeText(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(11, 16)} UTC`;
}

/** A duration in days and hours: `92 days`, `1 day 4 hours`, `45 minutes`. */
export function spanText(lengthMs: number, format: LocaleFormat): string {
  const minutes = Math.round(lengthMs / 60_000);
  const days = Math.floor(lengthMs / DAY_MS);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days === 0 && hours === 0) return counted(minutes, 'minute', format);
  return [
    days > 0 ? counted(days, 'day', format) : '',
    hours > 0 ? counted(hours, 'hour', format) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * Whole percents, rounded down, so one below a threshold never reads as the threshold: 0.8996 is
 * `89%`, 0.999 is `over 99%`, 0.004 is `under 1%`.
 */
export function probabilityText(probability: Exact, reader: Reader): string {
  const { percent } = reader;
  if (compare(probability, decimal('0.99')) > 0) return `over ${percent('99')}`;
  if (compare(probability, decimal('0.01')) < 0) return `under ${percent('1')}`;
  return percent(toDecimal(multiply(probability, HUNDRED), 0, 'floor'));
}

/** `96% likely`. Empty without a known probability. */
export function likelyText(probability: Exact | undefined, reader: Reader): string {
  return probability === undefined ? '' : `${probabilityText(probability, reader)} likely`;
}

/** ` (96% likely)`, to follow its subject. Empty without a known probability. */
export function likelyAside(probability: Exact | undefined, reader: Reader): string {
  const likely = likelyText(probability, reader);
  return likely === '' ? '' : ` (${likely})`;
}

interface Ends {
  readonly low: Exact | undefined;
  readonly high: Exact | undefined;
}

/** `$12,300 to $61,900`. Empty if an end is unknown, or if both are the same. */
export function rangeText({ low, high }: Ends, reader: Reader): string {
  if (low === undefined || high === undefined || compare(low, high) === 0) return '';
  return `${dollars(low, reader)} to ${dollars(high, reader)}`;
}

/** `90% range $12,300 to $61,900`, or empty. */
export function intervalText(ends: Ends, reader: Reader): string {
  const range = rangeText(ends, reader);
  return range === '' ? '' : `${reader.percent('90')} range ${range}`;
}

/** Parses an amount or ratio of the audit. `undefined` if unknown. */
export function knownAmount(text: string | null | undefined): Exact | undefined {
  return text === null || text === undefined ? undefined : decimal(text);
}

/** A figure as `print` writes it, or `unknown`. */
export function orUnknown(
  print: (figure: Exact, reader: Reader) => string,
  figure: Exact | undefined,
  reader: Reader,
): string {
  return figure === undefined ? UNKNOWN : print(figure, reader);
}

/** The function that makes the sentence of each code. A missing code is a type error. */
export type SentencesOf<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: (fact: Extract<Fact, { readonly code: Code }>) => string;
};

/**
 * 0.625 is `62.5%`, 0.9 is `90%`. Use `floor` for a share that must not read as the threshold above
 * it.
 */
export function shareText(
  share: RatioText,
  writing: LocaleFormat,
  mode: RoundingMode = 'half-even',
): string {
  const percents = toDecimal(multiply(decimal(share), exact(100n)), 1, mode);
  return writing.percent(percents.replace(/\.0$/, ''));
}

/** `2026-12-31` is `Dec 31, 2026`. Text that is not a day is returned as it is. */
export function dayName(day: string, format: LocaleFormat): string {
  const atMs = parseInstant(day);
  return atMs === undefined ? oneLine(day, 24) : format.date(atMs);
}

/** `2026-Q3` is `Q3 2026`. Other text stays as it is. */
export function quarterName(quarter: string): string {
  return quarter.replace(/^(\d{4})-(Q[1-4])$/, '$2 $1');
}

/** At most so many decimals: `8832.000000` is `8,832`, `4.500000` with 1 is `4.5`. */
export function roundedText(number: RatioText, places: number, writing: LocaleFormat): string {
  return writing.number(trimZeros(toDecimal(decimal(number), places)));
}

/** Exactly so many decimals: `1.500000` with 2 is `1.50`. */
export function fixedText(number: RatioText, places: number, writing: LocaleFormat): string {
  return writing.number(toDecimal(decimal(number), places));
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** `a, b and 3 more` for two names of five. */
export function namedText(names: readonly string[], count = names.length): string {
  const more = count - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : listed(names);
}

/** The first names, and the number of others. */
export function shortList(names: readonly string[], most: number, all = names.length): string {
  return namedText(names.slice(0, most), all);
}
