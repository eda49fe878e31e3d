/** OpenRouter's responses, of which only these fields are stored, and prices with conditions. */

import { z } from 'zod';
import {
  type DailyWindow,
  type PriceOverride,
  type TokenPrices,
  USD_PER_TOKEN,
} from '../../domain/price.ts';
import { JsonNumber, shortText } from '../../platform/json.ts';
import { numberText, plainNumber, typeName } from '../../platform/responseSchemas.ts';
import { recordList, withMatchingMembers } from '../../platform/schemaFields.ts';
import { parseTokenPrices } from '../tokenPrices.ts';

/** US dollars per token, as a string. A bare number would be another unit or API. */
const priceText = z.string({
  error: (issue) => `found ${typeName(issue.input)}, expected a price in quotes`,
});

/** Names are stored as they are, so they have visible characters only. */
const label = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});

/** A number, or a string of one. */
const numberOrText = z
  .union([z.custom<JsonNumber>((value) => value instanceof JsonNumber), z.string()])
  .transform((value) => (typeof value === 'string' ? value : value.text));

/** A conditional price. All other members are kept, because an unknown one may be a condition. */
const override = withMatchingMembers(
  z.object({
    min_prompt_tokens: numberOrText.nullish(),
    utc_start: numberOrText.nullish(),
    utc_end: numberOrText.nullish(),
    utc_days: z.array(numberOrText).nullish(),
    prompt: priceText.nullish(),
    completion: priceText.nullish(),
    input_cache_read: priceText.nullish(),
    input_cache_write: priceText.nullish(),
    request: priceText.nullish(),
  }),
  /./,
);

/** Medians are informational; an unreadable one does not reject the price. */
const median = z.object({ p50: plainNumber.nullish() }).nullish().catch(undefined);

/** `discount` is deliberately not read: the prices are already net of it. */
export const openrouterEndpoint = z.object({
  provider_name: label,
  tag: label.nullish(),
  model_id: z.string().nullish(),
  quantization: label.nullish(),
  context_length: plainNumber.nullish(),
  status: plainNumber.nullish(),
  uptime_last_1d: numberText.nullish(),
  latency_last_30m: median,
  throughput_last_30m: median,
  supported_parameters: z.array(label).nullish().catch(undefined),
  pricing: z.object({
    prompt: priceText,
    completion: priceText,
    input_cache_read: priceText.nullish(),
    input_cache_write: priceText.nullish(),
    request: priceText.nullish(),
    overrides: recordList(override).nullish(),
  }),
});

export type OpenrouterEndpoint = z.output<typeof openrouterEndpoint>;

export const openrouterEndpointsAnswer = z.object({
  data: z.object({ id: z.string().nullish(), endpoints: recordList(openrouterEndpoint) }),
});

/** The owner of an endpoint whose other fields cannot be read. An unreadable provider is `null`. */
export const endpointOwner = z.object({
  provider_name: label.nullable().catch(null),
  tag: label.nullish().catch(''),
  quantization: label.nullish().catch(null),
});

interface EndpointOverrides {
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
  const prices = parsePrices(fields, '');
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

/** Each price, and its field in an endpoint's prices and in a condition. */
const PRICE_FIELDS = [
  ['inputPerMtok', 'prompt'],
  ['outputPerMtok', 'completion'],
  ['cachedInputPerMtok', 'input_cache_read'],
  ['cacheWritePerMtok', 'input_cache_write'],
  ['perRequest', 'request'],
] as const;

function parsePrices(
  fields: Partial<Record<(typeof PRICE_FIELDS)[number][1], OptionalText>>,
  path: string,
): TokenPrices | string {
  const texts = PRICE_FIELDS.map(
    ([price, field]) => [price, `${path}${field}`, fields[field]] as const,
  );
  return parseTokenPrices(texts, USD_PER_TOKEN);
}

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
  for (const [key] of PRICE_FIELDS) {
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

export interface EndpointPrices extends TokenPrices {
  readonly inputPerMtok: NonNullable<TokenPrices['inputPerMtok']>;
  readonly outputPerMtok: NonNullable<TokenPrices['outputPerMtok']>;
}

export interface EndpointPricing extends EndpointOverrides {
  readonly prices: EndpointPrices;
}

/** Reads the prices of one endpoint. A string is the fault. */
export function readEndpointPrices(
  pricing: OpenrouterEndpoint['pricing'],
  askedAtMs: number,
): EndpointPricing | string {
  const top = parsePrices(pricing, 'pricing.');
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
