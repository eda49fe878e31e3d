/** Reads prices that depend on prompt length or time of day. */

import {
  type DailyWindow,
  type PriceOverride,
  type TokenPrices,
  USD_PER_TOKEN,
} from '../../domain/price.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import { parseTokenPrices } from '../tokenPrices.ts';
import { type OpenrouterEndpoint, override } from './wire.ts';

export interface EndpointOverrides {
  readonly overrides: readonly PriceOverride[];
  /** Descriptions of unknown conditions, whose prices are not used. */
  readonly unknown: readonly string[];
}

/** Reads the overrides of one endpoint in order. A string is the fault. */
function readOverrides(records: readonly unknown[] | null | undefined): EndpointOverrides | string {
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

/** Prices of images, audio and so on, which do not matter for text. */
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
  const { utc_start: start, utc_end: end, utc_days: days, ...fields } = read.data;
  const utc = windowOf(start, end, days);
  if (utc === 'unknown') return 'an unknown time of day';
  const minimum = fields.min_prompt_tokens;
  const minPromptTokens = minimum === null || minimum === undefined ? undefined : Number(minimum);
  if (minPromptTokens !== undefined && !(minPromptTokens >= 0)) return 'a length of the prompt';
  const prices = parseTokenPrices(
    [
      ['inputPerMtok', 'prompt', fields.prompt],
      ['outputPerMtok', 'completion', fields.completion],
      ['cachedInputPerMtok', 'input_cache_read', fields.input_cache_read],
      ['cacheWritePerMtok', 'input_cache_write', fields.input_cache_write],
      ['perRequest', 'request', fields.request],
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

type OptionalText = string | null | undefined;

function windowOf(
  start: OptionalText,
  end: OptionalText,
  days: readonly string[] | null | undefined,
) {
  if (start == null && end == null && days == null) return undefined;
  const startMinute = start == null ? 0 : minuteOf(start);
  const endMinute = end == null ? DAY_MINUTES : minuteOf(end);
  const weekdays = days?.map(dayOf);
  if (startMinute === undefined || endMinute === undefined) return 'unknown';
  if (weekdays?.includes(-1) === true) return 'unknown';
  const window: DailyWindow = { startMinute, endMinute };
  return weekdays === undefined
    ? window
    : { ...window, days: DAYS.map((_, d) => d).filter((d) => weekdays.includes(d)) };
}

const DAY_MINUTES = 1_440;

/** Minute of the day of a clock number: 1030 is 10:30, minute 630. */
function minuteOf(clock: string): number | undefined {
  const clockNumber = Number(clock.replace(':', ''));
  const [hours, minutes] = [Math.floor(clockNumber / 100), clockNumber % 100];
  const minute = hours * 60 + minutes;
  return Number.isInteger(clockNumber) && clockNumber >= 0 && minutes < 60 && minute <= DAY_MINUTES
    ? minute
    : undefined;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Day of the week: 0 and 7 are Sunday, 1 is Monday; names count by their first three letters. */
function dayOf(day: string): number {
  if (/^[0-7]$/.test(day)) return Number(day) % 7;
  return DAYS.indexOf(day.slice(0, 3).toLowerCase());
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
 * Finds the prices outside all conditions. With time-of-day prices, OpenRouter's top-level price
 * may be the one of the current hour or the regular one. If the hours cover the whole week, the
 * price in force longest stands for it. The result then does not depend on the hour of the request.
 * If they do not, and the top-level price equals the current hour's price, the regular price is
 * unknown: `undefined`.
 */
function findRegularPrices<Prices extends TokenPrices>(
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
    const priced = daily.filter((one) => one[key] !== undefined);
    if (priced.length === 0) continue;
    const minutes = minutesByPrice(priced, key);
    const covered = [...minutes.values()].reduce((sum, count) => sum + count, 0);
    const inForce = priced.findLast((one) => holdsAt(one, now))?.[key];
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

/** Monday at 00:00 is minute 1,440; weeks start on Sunday. */
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

/** Warns of a host whose prices have conditions that this version does not know. */
export function overrideNote(unknown: readonly string[], host: string, model: string): PullWarning {
  return {
    code: 'unknown-price-conditions',
    host: shortText(host, 80),
    model: shortText(model, 80),
    conditions: shortText([...new Set(unknown)].join(', '), 200),
  };
}

export interface EndpointPrices extends TokenPrices {
  readonly inputPerMtok: NonNullable<TokenPrices['inputPerMtok']>;
  readonly outputPerMtok: NonNullable<TokenPrices['outputPerMtok']>;
}

export interface EndpointPricing {
  readonly prices: EndpointPrices;
  readonly overrides: readonly PriceOverride[];
  /** Descriptions of conditions that are not used. */
  readonly unknown: readonly string[];
}

/** Reads the prices of one endpoint. A string is the fault. */
export function readEndpointPrices(
  pricing: OpenrouterEndpoint['pricing'],
  askedAtMs: number,
): EndpointPricing | string {
  const top = parseTokenPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing.prompt],
      ['outputPerMtok', 'pricing.completion', pricing.completion],
      ['cachedInputPerMtok', 'pricing.input_cache_read', pricing.input_cache_read],
      ['cacheWritePerMtok', 'pricing.input_cache_write', pricing.input_cache_write],
      ['perRequest', 'pricing.request', pricing.request],
    ],
    USD_PER_TOKEN,
  );
  if (typeof top === 'string') return top;
  const overrides = readOverrides(pricing.overrides);
  if (typeof overrides === 'string') return overrides;
  // The schema requires both prices.
  const prices = findRegularPrices(top as EndpointPrices, overrides.overrides, askedAtMs);
  return prices === undefined ? NO_REGULAR_PRICE : { prices, ...overrides };
}

const NO_REGULAR_PRICE =
  'pricing: the response is from an hour with a special price and does not state the regular ' +
  'price; a later pull adds it';
