/** Reads the monthly bills of a DeepInfra account as charges per model and token class. */

import { z } from 'zod';
import type { Charge } from '../../domain/charge.ts';
import {
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  negate,
  subtract,
  sum,
} from '../../domain/exact.ts';
import { usdDigits } from '../../domain/figures.ts';
import { TOKEN_CLASS_TAG, type TokenClass } from '../../domain/usage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import {
  DAY_MS,
  dayStartMs,
  HOUR_MS,
  instantText,
  monthsTouching,
  monthText,
  overlapMs,
  type Period,
} from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, firstFaultText } from '../../platform/responseSchemas.ts';
import { type AnswerFacts, type ApiPull, type ApiQuestion, hintsFor, question } from '../api.ts';
import { freeText, providerName, quantityField, usdAmount } from '../fieldTypes.ts';
import { signFault } from '../billLine.ts';
import { toHostedCharges, type HostedLine, joinKey } from '../hostedBill.ts';
import { readRows } from '../records.ts';
import { requestsFact } from '../source.ts';
import type { DeepinfraOptions } from './options.ts';

/** Both ends are inclusive. */
const interval = z.object({ fr: decimalText.nullish(), to: decimalText.nullish() }).nullish();
type Interval = z.output<typeof interval>;

const line = z.object({
  model: z.object({ model_name: providerName, plan_id: freeText.nullish() }),
  units: quantityField,
  rate: quantityField.nullish(),
  cost: usdAmount,
  pricing_type: providerName,
  interval,
  discount: z.object({ name: freeText.nullish() }).nullish(),
});

const month = z.object({
  period: z.string().regex(/^\d{4}\.\d{2}$/, { error: 'expected a month like 2026.09' }),
  interval,
  items: recordList(line),
  total_cost: usdAmount.nullish(),
  invoice_id: freeText.nullish(),
});
type Month = z.output<typeof month>;

const usageAnswer = z.object({ months: recordList(month) });

/** Largest offset between the account's time zone, which its months follow, and UTC. */
const ZONE_MS = 14 * HOUR_MS;

/** Yields nothing without a key. Starts early: the account's month may reach into the window. */
export function* deepinfraBillQuestions(pull: ApiPull<DeepinfraOptions>): Generator<ApiQuestion> {
  const { id: sourceId, nowMs, options, request } = pull;
  if (options.apiKey === undefined || !options.billing || !requestsFact(request, 'charges')) return;
  const { window } = request;
  if (window.startMs >= window.endMs) return;
  for (const asked of monthsTouching({ ...window, startMs: window.startMs - ZONE_MS })) {
    if (asked.startMs <= nowMs) yield monthQuestion({ sourceId, window, asked, nowMs, seen: [] });
  }
}

interface MonthContext {
  readonly sourceId: string;
  readonly window: Period;
  /** The calendar month in UTC. */
  readonly asked: Period;
  readonly nowMs: number;
  /** The parts of the month read so far, in the account's own time. */
  readonly seen: Period[];
}

function monthQuestion(context: MonthContext): ApiQuestion {
  return question({
    kind: 'deepinfra.payment.usage',
    path: ['payment', 'usage'],
    query: { from: nameOfMonth(context.asked) },
    expects: 'months',
    answer: usageAnswer,
    read: (_body, answer) => readMonths(answer.items(), context),
    explain: hintsFor({ auth: ACCOUNT_KEY, forbidden: ACCOUNT_KEY }),
  });
}

const ACCOUNT_KEY =
  'the bill needs a key of the account itself; to read prices only, set "billing: false"';

/** `2026.09`. The API refuses a dash. */
function nameOfMonth({ startMs }: Period): string {
  return monthText(startMs).replace('-', '.');
}

/** A month is read entirely or not at all: an unreadable line may be part of another one. */
function readMonths(records: Iterable<unknown>, context: MonthContext): AnswerFacts {
  const totals: Total[] = [];
  const { facts, rejects, warnings } = readRows(records, (raw) => readMonth(raw, context, totals));
  const charges = facts;
  const { seen, asked } = context;
  const read = { charges, rejects, warnings: [...warnings, ...totals.flatMap(doubtOf)] };
  if (seen.length === 0) return { ...read, window: asked };
  // This month was requested in case it reaches into the window.
  if (!seen.some((span) => overlapMs(span, context.window) > 0)) {
    return { rejects, warnings, window: asked };
  }
  const window = {
    startMs: Math.min(...seen.map(({ startMs }) => startMs)),
    endMs: Math.max(...seen.map(({ endMs }) => endMs)),
  };
  const isSure = rejects.length === 0 && read.warnings.length === 0;
  const keyPrefix = `${USAGE_PREFIX}${nameOfMonth(asked)}/`;
  return {
    ...read,
    window,
    ...(isSure ? { completeFor: { keyPrefix, window } } : {}),
    ...statedTotal(totals, window, context),
  };
}

const USAGE_PREFIX = 'usage/';

interface Total {
  readonly period: string;
  readonly lines: number;
  readonly usd: Exact;
  readonly stated: Exact | undefined;
}

/** Each line is rounded to a cent, and so is the total. */
function doubtOf({ period, lines, usd, stated }: Total): PullWarning[] {
  if (stated === undefined) return [];
  const off = subtract(usd, stated);
  const size = off.num < 0n ? negate(off) : off;
  if (compare(size, exact(BigInt(lines) + 1n, 2n * CENTS)) <= 0) return [];
  const amounts = { statedUsd: usdDigits(stated), foundUsd: usdDigits(usd) };
  return [{ code: 'total-differs', bill: 'deepinfra', period, ...amounts }];
}

/** The stated total of a past month, if every part states one. */
function statedTotal(totals: readonly Total[], window: Period, { nowMs }: MonthContext) {
  const all = totals.flatMap(({ stated }) => stated ?? []);
  if (window.endMs > nowMs || all.length < totals.length) return {};
  return { statedTotal: { billedNanoUsd: nanoFromUsd(sum(all)), window } };
}

function readMonth(raw: unknown, context: MonthContext, totals: Total[]): Charge[] | string {
  const read = month.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { period, items, total_cost: total, invoice_id: invoice } = read.data;
  const expected = nameOfMonth(context.asked);
  if (period !== expected) return `period: expected ${expected}`;
  const span = spanOf(read.data, context.asked);
  if (span === undefined) return `interval: expected a time inside ${period}`;
  const endMs = Math.min(span.endMs, dayStartMs(context.nowMs) + DAY_MS);
  if (endMs <= span.startMs) return 'interval: expected a month that has begun';
  const elapsed = { startMs: span.startMs, endMs };
  if (context.seen.some((one) => one.startMs < elapsed.endMs && elapsed.startMs < one.endMs)) {
    return 'duplicate month; only the first one was used';
  }
  const lines: Located<HostedLine>[] = [];
  for (const [position, item] of items.entries()) {
    const one = readLine(item, { sourceId: context.sourceId, period, elapsed });
    if (typeof one === 'string') return `items.${position}.${one}`;
    lines.push({ position, fact: one });
  }
  context.seen.push(elapsed);
  const usd = sum(lines.map(({ fact }) => fact.usd));
  const stated = total === null || total === undefined ? undefined : dollarsOf(total);
  totals.push({ period, lines: lines.length, usd, stated });
  return toHostedCharges(lines).map(({ fact }) => finished(fact, invoice));
}

/** The period of the month in the account's own time. Bounds far outside it are ignored. */
function spanOf({ interval: bounds }: Month, asked: Period): Period | undefined {
  const [startMs, endMs] = boundsOf(bounds);
  const span = {
    startMs: startMs < asked.startMs - ZONE_MS ? asked.startMs : startMs,
    endMs: endMs > asked.endMs + ZONE_MS ? asked.endMs : endMs,
  };
  return span.startMs < span.endMs ? span : undefined;
}

/** `to` is the last millisecond, `…59.999`. A whole second is already the exclusive end. */
function boundsOf(bounds: Interval): [number, number] {
  const [from, to] = [Number(bounds?.fr ?? -Infinity), Number(bounds?.to ?? Infinity)];
  return [from, to % 1_000 === 0 || !Number.isSafeInteger(to) ? to : to + 1];
}

interface LinePlace {
  readonly sourceId: string;
  /** `2026.09`. */
  readonly period: string;
  readonly elapsed: Period;
}

function readLine(raw: unknown, { sourceId, period, elapsed }: LinePlace): HostedLine | string {
  const read = line.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { model, pricing_type: type, units, rate, cost, discount } = read.data;
  const fault = isDiscount(type)
    ? undefined
    : signFault({ cost, quantity: units, unitPrice: rate });
  if (fault !== undefined) return fault;
  const [fromMs, toMs] = boundsOf(read.data.interval);
  const span = { startMs: Math.max(elapsed.startMs, fromMs), endMs: Math.min(elapsed.endMs, toMs) };
  if (span.startMs >= span.endMs) return `interval: expected a time inside ${period}`;
  const since = span.startMs === elapsed.startMs ? '' : instantText(span.startMs);
  const name = model.model_name;
  const isDedicated = DEDICATED.test(type);
  const tokenClass = TOKENS.find(([types]) => types.test(type))?.[1];
  const parts = [model.plan_id, discount?.name, since];
  return {
    sourceId,
    key: USAGE_PREFIX + [period, joinKey(name, type, ...parts)].join('/'),
    ...(isDedicated ? {} : { model: name }),
    product: name,
    period: span,
    usd: costOf(type, cost),
    ...(isDiscount(type) ? {} : { quantity: decimal(units), unit: unitOf(type, tokenClass) }),
    tags: {
      pricing_type: type,
      plan_id: model.plan_id,
      discount: discount?.name,
      ...(tokenClass === undefined ? {} : { [TOKEN_CLASS_TAG]: tokenClass }),
    },
  };
}

/** Token class by pricing type. DeepInfra's input excludes cached tokens. */
const TOKENS: readonly (readonly [RegExp, TokenClass])[] = [
  [/^cache_?write_tokens$|^cache_creation_tokens$/i, 'cache-write'],
  [/^(?:input_)?cache(?:d|_read)(?:_input)?_tokens$/i, 'cached-input'],
  [/^input_tokens$/i, 'input'],
  [/^output_tokens$/i, 'output'],
];

/** Dedicated GPUs, billed by the second. `time` is the seconds of requests to a shared model. */
const DEDICATED = /^uptime$|gpu|rent|container/i;

function unitOf(type: string, tokenClass: TokenClass | undefined): string | undefined {
  if (tokenClass !== undefined) return 'Tokens';
  return /^time$/i.test(type) || DEDICATED.test(type) ? 'Seconds' : undefined;
}

function isDiscount(type: string): boolean {
  return /^discount$/i.test(type);
}

const CENTS = 100n;

/** 297 cents are $2.97. */
function dollarsOf(cents: string): Exact {
  return divide(decimal(cents), exact(CENTS));
}

/** A discount lowers the bill, whichever sign it is written with. */
function costOf(type: string, cents: string): Exact {
  const usd = dollarsOf(cents);
  return isDiscount(type) && usd.num > 0n ? negate(usd) : usd;
}

/** Placeholders of an invoice id before the invoice exists. */
const NO_INVOICE: ReadonlySet<string> = new Set(['', 'EMPTY', 'NOT_FINAL']);

function finished(charge: Charge, invoice: string | null | undefined): Charge {
  const isDedicated = DEDICATED.test(charge.tags?.['pricing_type'] ?? '');
  return {
    ...charge,
    ...(isDedicated
      ? { category: 'compute', pricingClass: 'on-demand', isClassPresumed: true as const }
      : {}),
    ...(invoice === null || invoice === undefined || NO_INVOICE.has(invoice)
      ? {}
      : { invoice: { id: invoice } }),
  };
}
