/** Prices that hold under conditions: by length of the prompt, and by the hour of the day. */

import { USD_PER_TOKEN } from '../../domain/plausiblePrice.ts';
import type { DailyWindow, PriceOverride, TokenPrices } from '../../domain/price.ts';
import { shortText } from '../../platform/json.ts';
import { readPrices } from '../tokenPrices.ts';
import { override } from './wire.ts';

export interface Overrides {
  readonly overrides: readonly PriceOverride[];
  /** Conditions that this version does not know, in words: such prices are not used. */
  readonly unknown: readonly string[];
}

/** The overrides of one endpoint in their order, or what is wrong with one of them. */
export function readOverrides(records: readonly unknown[] | null | undefined): Overrides | string {
  const overrides: PriceOverride[] = [];
  const unknown: string[] = [];
  for (const [at, record] of (records ?? []).entries()) {
    const read = readOverride(record);
    if (typeof read === 'string') unknown.push(read);
    else if ('fault' in read) return `pricing.overrides.${at}.${read.fault}`;
    else overrides.push(read);
  }
  return { overrides, unknown };
}

/** Prices of what is no text: they bear on nothing here. */
const OTHER_PRICES =
  /^(?:image|audio|web|internal|discount|input_audio|input_cache_write_1h|input_video|video)/;
const KNOWN = new Set(Object.keys(override.shape));

function readOverride(record: unknown): PriceOverride | { readonly fault: string } | string {
  const read = override.safeParse(record);
  if (typeof record !== 'object' || record === null) return 'an unreadable condition';
  const others = Object.entries(record).filter(
    ([name, value]) => !KNOWN.has(name) && !OTHER_PRICES.test(name) && value !== null,
  );
  if (others.length > 0) return others.map(([name]) => shortText(name, 40)).join(', ');
  if (!read.success) return 'an unreadable condition';
  const { utc_start: start, utc_end: end, utc_days: days, ...told } = read.data;
  const utc = windowOf(start, end, days);
  if (utc === 'unknown') return 'an unknown time of day';
  const least = told.min_prompt_tokens;
  const minPromptTokens = least === null || least === undefined ? undefined : Number(least);
  if (minPromptTokens !== undefined && !(minPromptTokens >= 0)) return 'a length of the prompt';
  const prices = readPrices(
    [
      ['inputPerMtok', 'prompt', told.prompt],
      ['outputPerMtok', 'completion', told.completion],
      ['cachedInputPerMtok', 'input_cache_read', told.input_cache_read],
      ['cacheWritePerMtok', 'input_cache_write', told.input_cache_write],
      ['perRequest', 'request', told.request],
    ],
    USD_PER_TOKEN,
  );
  if (typeof prices === 'string') return { fault: prices };
  return {
    ...(minPromptTokens === undefined ? {} : { minPromptTokens: Math.floor(minPromptTokens) }),
    ...(utc === undefined ? {} : { utc }),
    ...prices,
  };
}

type Told = string | null | undefined;

function windowOf(start: Told, end: Told, days: readonly string[] | null | undefined) {
  if (start == null && end == null && days == null) return undefined;
  const startMinute = start == null ? 0 : minuteOf(start);
  const endMinute = end == null ? DAY_MINUTES : minuteOf(end);
  const on = days?.map(dayOf);
  if (startMinute === undefined || endMinute === undefined) return 'unknown';
  if (on?.includes(-1) === true) return 'unknown';
  const window: DailyWindow = { startMinute, endMinute };
  return on === undefined
    ? window
    : { ...window, days: DAYS.map((_, d) => d).filter((d) => on.includes(d)) };
}

const DAY_MINUTES = 1_440;

/** A clock as a number: 1030 is 10:30, minute 630. */
function minuteOf(clock: string): number | undefined {
  const told = Number(clock.replace(':', ''));
  const [hours, minutes] = [Math.floor(told / 100), told % 100];
  const minute = hours * 60 + minutes;
  return Number.isInteger(told) && told >= 0 && minutes < 60 && minute <= DAY_MINUTES
    ? minute
    : undefined;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** 0 and 7 are Sunday, 1 Monday; or the first letters of a name. */
function dayOf(told: string): number {
  if (/^[0-7]$/.test(told)) return Number(told) % 7;
  return DAYS.indexOf(told.slice(0, 3).toLowerCase());
}

const WEEK_MINUTES = 7 * DAY_MINUTES;
const KEYS = [
  'inputPerMtok',
  'outputPerMtok',
  'cachedInputPerMtok',
  'cacheWritePerMtok',
  'perRequest',
] as const;

/**
 * The prices without conditions. Where hours of the day have prices of their own, the answer may
 * name at its top the price of the hour in which it was asked, or the one that holds otherwise.
 * Where the hours cover the whole week it makes no difference, and the price that holds longest
 * stands for it, so that the hour of asking changes nothing. Where they do not, and the price at
 * the top is the one of the hour of asking, nobody knows what holds otherwise: `undefined`.
 */
export function priceOtherwise<Prices extends TokenPrices>(
  top: Prices,
  overrides: readonly PriceOverride[],
  askedAtMs: number,
): Prices | undefined {
  const daily = overrides.filter(
    ({ utc, minPromptTokens }) => utc !== undefined && minPromptTokens === undefined,
  );
  if (daily.length === 0) return top;
  const now = minuteOfWeek(askedAtMs);
  const settled: { -readonly [Key in keyof TokenPrices]: TokenPrices[Key] } = {};
  let [isInside, isSame] = [false, true];
  for (const key of KEYS) {
    const told = daily.filter((one) => one[key] !== undefined);
    if (told.length === 0) continue;
    const minutes = minutesByPrice(told, key);
    const covered = [...minutes.values()].reduce((sum, count) => sum + count, 0);
    const inForce = told.findLast((one) => holdsAt(one, now))?.[key];
    if (covered === WEEK_MINUTES) {
      const [longest] = [...minutes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      Object.assign(settled, { [key]: longest?.[0] });
    } else if (inForce !== undefined) {
      isInside = true;
      isSame &&= inForce === top[key];
    }
  }
  return isInside && isSame ? undefined : { ...top, ...settled };
}

/** Monday at 00:00 is minute 1,440: the week begins on Sunday. */
function minuteOfWeek(atMs: number): number {
  const at = new Date(atMs);
  return at.getUTCDay() * DAY_MINUTES + at.getUTCHours() * 60 + at.getUTCMinutes();
}

function minutesByPrice(daily: readonly PriceOverride[], key: keyof TokenPrices) {
  const minutes = new Map<bigint, number>();
  for (let minute = 0; minute < WEEK_MINUTES; minute += 1) {
    const price = daily.findLast((one) => holdsAt(one, minute))?.[key];
    if (price !== undefined) minutes.set(price, (minutes.get(price) ?? 0) + 1);
  }
  return minutes;
}

function holdsAt({ utc }: PriceOverride, minuteOfTheWeek: number): boolean {
  if (utc === undefined) return false;
  const minute = minuteOfTheWeek % DAY_MINUTES;
  const { startMinute, endMinute, days } = utc;
  const isIn =
    startMinute < endMinute
      ? minute >= startMinute && minute < endMinute
      : minute >= startMinute || minute < endMinute;
  return isIn && (days?.includes(Math.floor(minuteOfTheWeek / DAY_MINUTES)) ?? true);
}

/** One note for a host with prices under conditions that this version does not know. */
export function overrideNote(unknown: readonly string[], host: string, model: string): string {
  const conditions = [...new Set(unknown)].join('; ');
  return (
    `${shortText(host, 80)} has other prices for ${shortText(model, 80)} under unknown ` +
    `conditions (${shortText(conditions, 200)}); they are not used`
  );
}
