/**
 * Reads Pydantic's genai-prices: dated and time-of-day prices, in US dollars per million tokens.
 */

import { z } from 'zod';
import {
  type DailyWindow,
  parsePerRequest,
  type PriceOverride,
  type TokenPrices,
  USD_PER_MTOK,
} from '../../domain/price.ts';
import { nanoUsd } from '../../domain/money.ts';
import { findReadFields, recordList } from '../../platform/schemaFields.ts';
import {
  decimalText,
  firstFaultText,
  plainNumber,
  wholeNumber,
} from '../../platform/responseSchemas.ts';
import { freeText, providerName } from '../fieldTypes.ts';
import { toContextLength } from '../priceList.ts';
import type { PriceText } from '../tokenPrices.ts';
import {
  type CatalogShape,
  type CatalogEntry,
  type LongerPrompts,
  type UnreadableEntry,
  type CatalogPrice,
  readCatalogPrices,
} from './catalogShape.ts';

const amount = z.union([
  decimalText,
  z.object({
    base: decimalText,
    tiers: z.array(z.object({ start: wholeNumber, price: decimalText })),
  }),
]);
const priceFields = z.object({
  input_mtok: amount.nullish(),
  output_mtok: amount.nullish(),
  cache_read_mtok: amount.nullish(),
  cache_write_mtok: amount.nullish(),
  cache_write_5m_mtok: amount.nullish(),
  requests_kcount: decimalText.nullish(),
});
const conditional = z.object({
  constraint: z
    .object({
      start_date: z.string().nullish(),
      start_time: z.string().nullish(),
      end_time: z.string().nullish(),
    })
    .nullish(),
  prices: priceFields,
});
const model = z.object({
  id: providerName,
  context_window: plainNumber.nullish().catch(undefined),
  prices: z.union([priceFields, z.array(conditional)]),
});
const provider = z.object({
  id: providerName,
  name: freeText.nullish().catch(undefined),
  models: recordList(model),
});
const named = z.object({ id: providerName });

export const GENAI_PRICES: CatalogShape = {
  baseUrl: 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2',
  path: ['data.json'],
  expects: '',
  isBareList: true,
  fields: () => findReadFields(z.array(provider)),
  entries: (answer) => entriesOf(answer.items()),
  read(record, atMs) {
    const read = model.safeParse(record);
    if (!read.success) return firstFaultText(read.error);
    const { prices, context_window: contextLength } = read.data;
    const conditions = conditionsOf(Array.isArray(prices) ? prices : [{ prices }]);
    if (typeof conditions === 'string') return conditions;
    const dates = new Set(conditions.flatMap(({ startMs }) => startMs ?? []));
    const moments = [undefined, ...[...dates].filter((startMs) => startMs <= atMs)];
    const results: CatalogPrice[] = [];
    for (const fromMs of moments) {
      const priced = pricedAt(conditions, fromMs ?? atMs);
      if (typeof priced === 'string') return priced;
      const from = fromMs === undefined ? {} : { fromMs };
      if (priced !== undefined)
        results.push({ ...priced, ...toContextLength(contextLength), ...from });
    }
    return results;
  },
};

function* entriesOf(records: Iterable<unknown>): Generator<CatalogEntry | UnreadableEntry> {
  for (const record of records) {
    const read = provider.safeParse(record);
    if (!read.success) {
      yield {
        provider: named.safeParse(record).data?.id,
        record,
        fault: firstFaultText(read.error),
      };
      continue;
    }
    const { id, name, models } = read.data;
    for (const entry of models) {
      const called = named.safeParse(entry);
      if (!called.success)
        yield { provider: id, record: entry, fault: firstFaultText(called.error) };
      else
        yield { provider: id, providerName: name ?? undefined, id: called.data.id, record: entry };
    }
  }
}

interface Condition {
  /** Start of a dated price. */
  readonly startMs?: number;
  readonly utc?: DailyWindow;
  readonly prices: z.output<typeof priceFields>;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::00(?:\.0+)?)?(?:Z|\+00:00)?$/;

function conditionsOf(items: readonly z.output<typeof conditional>[]): Condition[] | string {
  const read: Condition[] = [];
  for (const [at, { constraint, prices }] of items.entries()) {
    if (constraint == null) {
      read.push({ prices });
      continue;
    }
    const { start_date: day, start_time: start, end_time: end } = constraint;
    const startMs = day != null && DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    const [startMinute, endMinute] = [minuteOf(start), minuteOf(end)];
    if (Number.isFinite(startMs) && start == null && end == null) read.push({ startMs, prices });
    else if (day == null && startMinute !== undefined && endMinute !== undefined) {
      read.push({ utc: { startMinute, endMinute }, prices });
    } else return `prices.${at}.constraint: unknown condition`;
  }
  return read;
}

function minuteOf(time: string | null | undefined): number | undefined {
  const [, hours, minutes] = TIME.exec(time ?? '') ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/**
 * The last matching condition without a time of day sets all prices, or the first condition if none
 * matches. Conditions before it have no effect. Time-of-day conditions after it become overrides.
 */
function pricedAt(
  conditions: readonly Condition[],
  atMs: number,
): Pick<CatalogPrice, 'prices' | 'overrides'> | string | undefined {
  const baseIndex = conditions.findLastIndex(
    ({ startMs, utc }) => utc === undefined && (startMs === undefined || startMs <= atMs),
  );
  const base = readConditionPrices(conditions[Math.max(0, baseIndex)]?.prices ?? {});
  if (base === undefined || typeof base === 'string') return base;
  const overrides = [...(base.overrides ?? [])];
  for (const { utc, prices } of conditions.slice(baseIndex + 1)) {
    if (utc === undefined) continue;
    const read = readConditionPrices(prices);
    if (typeof read === 'string') return read;
    if (read === undefined) continue;
    const whole = withCachePrices(read.prices, base.prices);
    for (const each of [whole, ...(read.overrides ?? [])]) overrides.push({ utc, ...each });
  }
  return { prices: base.prices, ...(overrides.length === 0 ? {} : { overrides }) };
}

/** Cache tokens without a price of their own cost as much as input tokens. */
function withCachePrices(prices: TokenPrices, base: TokenPrices): PriceOverride {
  const { inputPerMtok: input } = prices;
  if (input === undefined) return prices;
  return {
    ...(base.cachedInputPerMtok === undefined ? {} : { cachedInputPerMtok: input }),
    ...(base.cacheWritePerMtok === undefined ? {} : { cacheWritePerMtok: input }),
    ...prices,
  };
}

function readConditionPrices(prices: z.output<typeof priceFields>) {
  const amounts = [
    ['inputPerMtok', 'input_mtok', prices.input_mtok],
    ['outputPerMtok', 'output_mtok', prices.output_mtok],
    ['cachedInputPerMtok', 'cache_read_mtok', prices.cache_read_mtok],
    [
      'cacheWritePerMtok',
      'cache_write_mtok',
      prices.cache_write_mtok ?? prices.cache_write_5m_mtok,
    ],
  ] as const;
  const longer: LongerPrompts[] = amounts.flatMap(([price, field, value]) =>
    value == null || typeof value === 'string'
      ? []
      : value.tiers.map(({ start, price: text }) => ({
          minPromptTokens: start,
          texts: [[price, `${field}.tiers`, text] as const],
        })),
  );
  const flat = amounts.map(
    ([price, field, value]): PriceText => [
      price,
      field,
      value === null || value === undefined || typeof value === 'string' ? value : value.base,
    ],
  );
  const merged = [...Map.groupBy(longer, ({ minPromptTokens }) => minPromptTokens)].map(
    ([minPromptTokens, each]) => ({ minPromptTokens, texts: each.flatMap(({ texts }) => texts) }),
  );
  const priced = readCatalogPrices(flat, merged, USD_PER_MTOK);
  if (priced === undefined || typeof priced === 'string') return priced;
  const request =
    prices.requests_kcount == null ? undefined : parsePerRequest(prices.requests_kcount);
  if (request === undefined || request === 0n) return priced;
  return { ...priced, prices: { ...priced.prices, perRequest: nanoUsd(request / 1000n) } };
}
