/** Converts the lines of Together's bill to charges, one complete day at a time. */

import type { Charge } from '../../domain/charge.ts';
import { add, decimal, type Exact } from '../../domain/exact.ts';
import { MODEL_TAG, TOKEN_CLASS_TAG } from '../../domain/usage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, instantText, monthText, type Period } from '../../domain/period.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory, signFault } from '../billLine.ts';
import { readRows } from '../records.ts';
import {
  billDay,
  togetherBillLine,
  type TogetherBillLine,
  type TogetherLabels,
} from './normalize.ts';

/** Key prefix of billed charges. */
export const USAGE_PREFIX = 'usage/';
/** Key prefix of charges rebuilt from uptime where there is no bill. */
export const UPTIME_PREFIX = 'uptime/';

export interface TogetherMonthContext {
  readonly sourceId: string;
  /** The requested month. */
  readonly month: Period;
  /** Start of each day read so far in this month, with its number of lines. */
  readonly seenDays: Map<number, number>;
}

/** Reads the days of a month. Repeated lines of a day are summed; a repeated day is rejected. */
export function readBillDays(
  records: Iterable<unknown>,
  context: TogetherMonthContext,
): AnswerFacts {
  const { facts, rejects, warnings } = readRows(records, (raw) => readDay(raw, context));
  return { charges: facts, rejects, warnings, ...supersedes(context) };
}

/**
 * The bill covers a month from its first day to the last day with a line. A later day without lines
 * may not be metered yet.
 */
function supersedes({ month, seenDays }: TogetherMonthContext): Pick<AnswerFacts, 'supersedes'> {
  const billed = [...seenDays].flatMap(([dayMs, lines]) => (lines > 0 ? [dayMs] : []));
  if (billed.length === 0) return {};
  const window = { startMs: month.startMs, endMs: Math.max(...billed) + DAY_MS };
  return { supersedes: { keyPrefix: UPTIME_PREFIX, window } };
}

/**
 * The charges of a day, or a fault. One unreadable line rejects the whole day, because it may be
 * part of another line.
 */
function readDay(
  raw: unknown,
  { sourceId, month, seenDays }: TogetherMonthContext,
): Charge[] | string {
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
  readonly item: TogetherBillLine;
  readonly cost: Exact;
  readonly quantity: Exact;
}

function addLine(sums: Map<string, Sums>, raw: unknown, startMs: number): string | undefined {
  const read = togetherBillLine.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { data: item } = read;
  const { cost, quantity, unit_price: unitPrice } = item;
  const fault = signFault({ cost, quantity, unitPrice });
  if (fault !== undefined) return fault;
  const key = keyOf(item, startMs);
  const before = sums.get(key);
  sums.set(key, {
    item,
    cost: before === undefined ? decimal(cost) : add(before.cost, decimal(cost)),
    quantity: before === undefined ? decimal(quantity) : add(before.quantity, decimal(quantity)),
  });
  return undefined;
}

/** Key of a line, which has no id: product, dimensions and attributes, sorted by name. */
function keyOf(item: TogetherBillLine, startMs: number): string {
  const encodeLabels = (labels: TogetherLabels | null | undefined) => {
    const pairs = Object.entries(textsOf(labels)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  };
  const parts = [encodeLabels(item.pricing_dimensions), encodeLabels(item.attributes)];
  const product = encodeURIComponent(item.product_name);
  return `${USAGE_PREFIX}${[product, ...parts, instantText(startMs)].join('/')}`;
}

function textsOf(labels: TogetherLabels | null | undefined): Record<string, string> {
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
