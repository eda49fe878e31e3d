/** Reads Together's bill: a request per month, and the lines of each day as charges. */

import { z } from 'zod';
import type { Charge } from '../../domain/charge.ts';
import { add, decimal, type Exact, ZERO } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import {
  DAY_MS,
  dayStartMs,
  instantText,
  intersection,
  monthsTouching,
  monthText,
  type Period,
} from '../../domain/period.ts';
import { MODEL_TAG, TOKEN_CLASS_TAG } from '../../domain/usage.ts';
import { firstFaultText, instantMsSchema, numberText } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type AnswerFacts,
  type ApiPull,
  type ApiQuestion,
  byCursor,
  hintsFor,
  question,
} from '../api.ts';
import { productCategory, signFault } from '../billLine.ts';
import { freeText, providerName, quantityField, usdAmount } from '../fieldTypes.ts';
import { readRows } from '../records.ts';
import { requestsFact } from '../source.ts';
import type { TogetherOptions } from './options.ts';

/** Key prefix of billed charges. */
export const USAGE_PREFIX = 'usage/';
/** Key prefix of charges rebuilt from uptime where there is no bill. */
export const UPTIME_PREFIX = 'uptime/';

/** A label with a nested value is ignored; the cost of its line still counts. */
const label = z.union([freeText, numberText, z.boolean()]).nullable().catch(null);

/** Labels that distinguish lines of a product: model, key, project. */
const labels = z.record(z.string(), label);
type Labels = z.output<typeof labels>;

const billLine = z.object({
  product_name: providerName,
  quantity: quantityField,
  unit_price: usdAmount.nullish(),
  cost: usdAmount,
  pricing_dimensions: labels.nullish(),
  attributes: labels.nullish(),
});
type BillLine = z.output<typeof billLine>;

/** A past day with its usage. */
const billDay = z.object({
  start_time: instantMsSchema,
  end_time: instantMsSchema,
  line_items: recordList(billLine),
});

const usageAnswer = z.object({
  data: recordList(billDay),
  currency: freeText.nullish(),
  next_cursor: z.string().nullish(),
});

/** Requests the bill of each month. Returns the period without a billing API, if any. */
export function* billQuestions(
  pull: ApiPull<TogetherOptions>,
): Generator<ApiQuestion, Period | undefined> {
  const { nowMs, options, request } = pull;
  if (!requestsFact(request, 'charges')) return undefined;
  if (!options.billing) return request.window;
  const months = monthsTouching(request.window);
  const begun = months.filter(({ startMs }) => startMs < dayStartMs(nowMs));
  const unbilledMonths: Period[] = [];
  for (const month of begun) yield monthQuestion(pull, month, () => unbilledMonths.push(month));
  const [first, last] = [unbilledMonths[0], unbilledMonths.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  // A month without a past day is not requested; it is treated like the month before.
  const endMs = last === begun.at(-1) ? request.window.endMs : last.endMs;
  return intersection({ startMs: first.startMs, endMs }, request.window);
}

/** The bill has past days only, so the response is complete up to the last one. */
function monthQuestion(
  { id, options, nowMs }: ApiPull<TogetherOptions>,
  month: Period,
  onDisabled: () => void,
): ApiQuestion {
  const { organization } = options;
  const pastDays = { startMs: month.startMs, endMs: Math.min(dayStartMs(nowMs), month.endMs) };
  const context = { sourceId: id, month, seenDays: new Map<number, number>() };
  const withHint = hintsFor({ 'not-found': NOT_ENABLED, forbidden: OTHER_KEY });
  return question({
    kind: 'together.billing.usage',
    path: ['billing', 'usage'],
    query: {
      month: monthText(month.startMs),
      granularity: 'day',
      ...(organization === undefined ? {} : { organization_id: organization }),
    },
    // More than the days of a month.
    pages: byCursor('next_cursor', 'after', { limit: '1000' }),
    expects: 'data',
    answer: usageAnswer,
    read: ({ currency }, { where, ...answer }) => {
      if (currency && currency.toUpperCase() !== 'USD') throw otherCurrency(currency, where);
      const read = readBillDays(answer.items(), context);
      const whole = { completeFor: { keyPrefix: USAGE_PREFIX, window: pastDays } };
      return { ...read, window: month, ...(read.rejects?.length === 0 ? whole : {}) };
    },
    explain(failure) {
      if (failure.code === 'not-found') onDisabled();
      return withHint(failure);
    },
  });
}

function otherCurrency(currency: string, where: string): Failure {
  return new Failure('malformed', `${where} returned amounts in ${currency}`, {
    where,
    expected: 'US dollars, as Together documents',
    hint: 'import the invoice as CSV, with its currency',
  });
}

const NOT_ENABLED =
  'Together enables the billing API per organization; ask its support to do so for yours. Until ' +
  'then, endpoints and clusters are charged by uptime, and "billing: false" turns the request off';
const OTHER_KEY =
  'use the key of an organization that may read this bill, or correct "organization"';

interface MonthContext {
  readonly sourceId: string;
  /** The requested month. */
  readonly month: Period;
  /** Start of each day read so far in this month, with its number of lines. */
  readonly seenDays: Map<number, number>;
}

/** Reads the days of a month. Repeated lines of a day are summed; a repeated day is rejected. */
function readBillDays(records: Iterable<unknown>, context: MonthContext): AnswerFacts {
  const { facts, rejects, warnings } = readRows(records, (raw) => readDay(raw, context));
  return { charges: facts, rejects, warnings, ...supersedes(context) };
}

/**
 * The bill covers a month from its first day to the last day with a line. A later day without lines
 * may not be metered yet.
 */
function supersedes({ month, seenDays }: MonthContext): Pick<AnswerFacts, 'supersedes'> {
  const billed = [...seenDays].flatMap(([dayMs, lines]) => (lines > 0 ? [dayMs] : []));
  if (billed.length === 0) return {};
  const window = { startMs: month.startMs, endMs: Math.max(...billed) + DAY_MS };
  return { supersedes: { keyPrefix: UPTIME_PREFIX, window } };
}

/**
 * The charges of a day, or a fault. One unreadable line rejects the whole day, because it may be
 * part of another line.
 */
function readDay(raw: unknown, { sourceId, month, seenDays }: MonthContext): Charge[] | string {
  const read = billDay.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { start_time: startMs, end_time: endMs, line_items: items } = read.data;
  if (startMs !== dayStartMs(startMs) || endMs !== startMs + DAY_MS) {
    return 'start_time: expected a whole day in UTC';
  }
  if (startMs < month.startMs || endMs > month.endMs) {
    return `start_time: expected a day inside ${monthText(month.startMs)}`;
  }
  if (seenDays.has(startMs)) return 'duplicate day; only the first one was used';
  const sums = new Map<string, Sums>();
  for (const [index, item] of items.entries()) {
    const fault = addLine(sums, item, startMs);
    if (fault !== undefined) return `line_items.${index}.${fault}`;
  }
  seenDays.set(startMs, items.length);
  const charges = [...sums].map(([key, one]) =>
    chargeOf(one, { sourceId, key, period: { startMs, endMs } }),
  );
  return charges.filter(({ billed }) => billed !== 0n);
}

interface Sums {
  readonly item: BillLine;
  readonly cost: Exact;
  readonly quantity: Exact;
}

function addLine(sums: Map<string, Sums>, raw: unknown, startMs: number): string | undefined {
  const read = billLine.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { data: item } = read;
  const { cost, quantity, unit_price: unitPrice } = item;
  const fault = signFault({ cost, quantity, unitPrice });
  if (fault !== undefined) return fault;
  const key = keyOf(item, startMs);
  const before = sums.get(key) ?? { cost: ZERO, quantity: ZERO };
  sums.set(key, {
    item,
    cost: add(before.cost, decimal(cost)),
    quantity: add(before.quantity, decimal(quantity)),
  });
  return undefined;
}

/** Key of a line, which has no id: product, dimensions and attributes, sorted by name. */
function keyOf(item: BillLine, startMs: number): string {
  const encodeLabels = (labels: Labels | null | undefined) => {
    const pairs = Object.entries(textsOf(labels)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  };
  const parts = [encodeLabels(item.pricing_dimensions), encodeLabels(item.attributes)];
  const product = encodeURIComponent(item.product_name);
  return `${USAGE_PREFIX}${[product, ...parts, instantText(startMs)].join('/')}`;
}

function textsOf(labels: Labels | null | undefined): Record<string, string> {
  const entries = Object.entries(labels ?? {}).filter(
    ([, value]) => value !== null && value !== '',
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

interface ChargePlace {
  readonly sourceId: string;
  readonly key: string;
  readonly period: Period;
}

/** Labels that identify the billed resource, most specific first. */
const RESOURCE_LABELS = ['endpoint_id', 'cluster_id', 'deployment_id', 'volume_id', 'resource_id'];
const NAME_LABELS = ['endpoint_name', 'cluster_name', 'deployment_name', 'resource_name'];

function chargeOf({ item, cost, quantity }: Sums, { sourceId, key, period }: ChargePlace): Charge {
  const labels = { ...textsOf(item.pricing_dimensions), ...textsOf(item.attributes) };
  const { product_name: product } = item;
  const category = /fine[ _-]?tun/i.test(product) ? 'fee' : productCategory(product);
  const firstLabel = (names: readonly string[]) => names.map((name) => labels[name]).find(Boolean);
  const resourceName = firstLabel(NAME_LABELS);
  const unit = unitOf(product);
  return {
    sourceId,
    key,
    resourceId: firstLabel(RESOURCE_LABELS) ?? firstLabel(['model', 'model_name']) ?? product,
    ...(resourceName === undefined ? {} : { resourceName }),
    category,
    ...classOf(product, category),
    period,
    billed: nanoFromUsd(cost),
    quantity,
    ...(unit === undefined ? {} : { unit }),
    basis: 'billed',
    tags: { ...labels, product, ...tokensOf(product, category, labels) },
  };
}

function classOf(product: string, category: Charge['category']) {
  if (category === 'hosted') return { pricingClass: 'serverless' as const };
  if (/reserved/i.test(product)) return { pricingClass: 'reserved' as const };
  return { pricingClass: 'on-demand' as const, isClassPresumed: true as const };
}

/** Token class of a line, by the words of its product. */
function tokensOf(product: string, category: Charge['category'], labels: Record<string, string>) {
  const model = labels[MODEL_TAG] ?? labels['model_name'];
  if (category !== 'hosted' || model === undefined || !/token/i.test(product)) return {};
  const tokenClass = /cach/i.test(product)
    ? 'cached-input'
    : /output/i.test(product)
      ? 'output'
      : 'input';
  if (tokenClass === 'input' && !/input|prompt/i.test(product)) return { [MODEL_TAG]: model };
  return { [MODEL_TAG]: model, [TOKEN_CLASS_TAG]: tokenClass };
}

/** The bill has no units, so they come from the product name. */
function unitOf(product: string): string | undefined {
  if (/token/i.test(product)) return 'Tokens';
  if (/gpu[ _-]?hour/i.test(product)) return 'GPU-Hours';
  if (/\bhours?\b/i.test(product)) return 'Hours';
  return /\bminutes?\b/i.test(product) ? 'Minutes' : undefined;
}
