/** Shared reading of hosted API bills and usage: daily results, token counts and charges. */

import { z } from 'zod';
import type { Charge } from '../domain/charge.ts';
import { add, type Exact } from '../domain/exact.ts';
import { type HostedUsage, MODEL_TAG } from '../domain/usage.ts';
import { Failure } from '../domain/failure.ts';
import { nanoFromUsd } from '../domain/money.ts';
import { DAY_MS, dayStartMs, type Period } from '../domain/period.ts';
import type { CompleteScope, Fetched, Located, Reject } from '../domain/provenance.ts';
import { decimalText, firstFaultText } from '../platform/responseSchemas.ts';
import { type AnswerFacts, type ApiPull, splitWindow } from './api.ts';
import { REJECT_LIMIT, toReject, rejectWarnings } from './records.ts';

/** A token count, as a number or in quotes. APIs quote counts that do not fit a double. */
export const tokenCountField = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'expected a number of tokens',
  });

/** The whole UTC days of a pull, including today, in windows of at most `longestDays` days. */
export function dayWindows({ request, nowMs }: ApiPull<unknown>, longestDays: number): Period[] {
  const endMs = Math.min(request.window.endMs, dayStartMs(nowMs) + DAY_MS);
  if (request.window.startMs >= endMs) return [];
  const window = { startMs: request.window.startMs, endMs };
  return splitWindow(window, { bucketMs: DAY_MS, longestMs: longestDays * DAY_MS });
}

/** Which days of a usage or cost report are read, page by page. */
export interface DayReportOptions {
  readonly sourceId: string;
  readonly window: Period;
  /** The starts of days that earlier pages of this window contained. */
  readonly knownDays: Set<number>;
}

/** One day of an answer, with its results unparsed. */
export interface DayBucket extends Period {
  readonly results: readonly unknown[];
}

export interface DayBucketReader<Result> {
  readonly bucket: z.ZodType<DayBucket>;
  readonly result: z.ZodType<Result>;
  /** The requested window. A day outside it is rejected. */
  readonly window: Period;
  /** The starts of days that earlier pages contained. A second copy of a day is rejected. */
  readonly knownDays: Set<number>;
  /** Takes one result, or returns what is wrong with it. */
  take(
    item: Result,
    place: { readonly position: number; readonly day: Period },
  ): string | undefined;
}

/** Reads days result by result. A faulty result becomes a reject, and the others are taken. */
export function readDayBuckets<Result>(records: Iterable<unknown>, read: DayBucketReader<Result>) {
  const rejects: Reject[] = [];
  let [position, rejected] = [-1, 0];
  const refuse = (raw: unknown, reason: string) => {
    rejected += 1;
    if (rejects.length < REJECT_LIMIT) rejects.push(toReject(position, raw, reason));
  };
  for (const record of records) {
    position += 1;
    const bucket = read.bucket.safeParse(record);
    const fault = bucket.success ? dayFault(bucket.data, read) : firstFaultText(bucket.error);
    if (!bucket.success || fault !== undefined) {
      refuse(record, fault ?? '');
      continue;
    }
    const { startMs, results } = bucket.data;
    read.knownDays.add(startMs);
    const place = { position, day: { startMs, endMs: startMs + DAY_MS } };
    for (const [index, raw] of results.entries()) {
      const item = read.result.safeParse(raw);
      const wrong = item.success ? read.take(item.data, place) : firstFaultText(item.error);
      if (typeof wrong === 'string') refuse(raw, `results.${index}.${wrong}`);
    }
  }
  return { rejects, warnings: rejectWarnings(rejected) };
}

/** What is wrong with a day. The current day may end now. */
function dayFault(
  { startMs, endMs }: DayBucket,
  { window, knownDays }: Pick<DayBucketReader<never>, 'window' | 'knownDays'>,
) {
  if (startMs !== dayStartMs(startMs) || endMs <= startMs || endMs > startMs + DAY_MS) {
    return 'expected a day in UTC';
  }
  if (startMs < window.startMs || startMs >= window.endMs) {
    return 'expected a day inside the requested period';
  }
  return knownDays.has(startMs) ? 'duplicate day; only the first one was used' : undefined;
}

/** One bill line for a hosted model, before lines with the same key are summed. */
export interface HostedLine {
  readonly sourceId: string;
  readonly key: string;
  /** The provider's name of the model. Absent for products that are not models. */
  readonly model?: string | undefined;
  /** What is billed if it is not a model. */
  readonly product: string;
  readonly period: Period;
  readonly usd: Exact;
  readonly quantity?: Exact | undefined;
  readonly unit?: string | undefined;
  readonly tags?: Readonly<Record<string, string | null | undefined>>;
}

/** The charges of bill lines. Lines with one key are summed before rounding. */
export function toHostedCharges(lines: readonly Located<HostedLine>[]): Located<Charge>[] {
  const sums = new Map<string, Located<HostedLine>>();
  for (const { position, fact } of lines) {
    const before = sums.get(fact.key);
    sums.set(fact.key, before === undefined ? { position, fact } : sumLines(before, fact));
  }
  return [...sums.values()].map(({ position, fact }) => ({ position, fact: toCharge(fact) }));
}

/** The charges of a page of costs, which are all of its window if no line was rejected. */
export function hostedCosts(
  lines: readonly Located<HostedLine>[],
  trouble: ReturnType<typeof readDayBuckets>,
  completeFor: CompleteScope,
): AnswerFacts {
  const whole = trouble.rejects.length === 0 ? { completeFor } : {};
  return { charges: toHostedCharges(lines), ...trouble, ...whole };
}

function sumLines({ position, fact }: Located<HostedLine>, more: HostedLine): Located<HostedLine> {
  const isCounted = fact.quantity !== undefined && more.quantity !== undefined;
  const quantity = isCounted ? add(fact.quantity, more.quantity) : undefined;
  return { position, fact: { ...fact, usd: add(fact.usd, more.usd), quantity } };
}

function toCharge({ model, product, usd, quantity, unit, tags = {}, ...rest }: HostedLine): Charge {
  const allTags = { ...tags, ...(model === undefined ? {} : { [MODEL_TAG]: model }) };
  const known = Object.entries(allTags).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return {
    ...rest,
    resourceId: model ?? product,
    category: 'hosted',
    pricingClass: 'serverless',
    billed: nanoFromUsd(usd),
    ...(quantity === undefined ? {} : { quantity }),
    ...(quantity === undefined || !unit ? {} : { unit }),
    basis: 'billed',
    ...(known.length === 0 ? {} : { tags: Object.fromEntries(known) as Record<string, string> }),
  };
}

/**
 * Sums rows of one model, host, tier and period. A token class that one of the rows lacks is
 * unknown.
 */
export function sumHostedUsage(rows: readonly Located<HostedUsage>[]): Located<HostedUsage>[] {
  const sums = new Map<string, Located<HostedUsage>>();
  for (const row of rows) {
    const { period, model, host, serviceTier } = row.fact;
    const key = JSON.stringify([period.startMs, model, host, serviceTier]);
    const before = sums.get(key);
    sums.set(
      key,
      before === undefined ? row : { ...before, fact: sumUsage(before.fact, row.fact) },
    );
  }
  return [...sums.values()];
}

const CLASSES = ['cachedPromptTokens', 'cacheWriteTokens'] as const;
const COUNTS = ['reasoningTokens', 'requests'] as const;

function sumUsage(one: HostedUsage, other: HostedUsage): HostedUsage {
  let uncached = one.uncachedPromptTokens + other.uncachedPromptTokens;
  const sums: Partial<Record<(typeof CLASSES)[number] | (typeof COUNTS)[number], number>> = {};
  for (const name of CLASSES) {
    const [a, b] = [one[name], other[name]];
    if (a !== undefined && b !== undefined) sums[name] = a + b;
    else uncached += a ?? b ?? 0;
  }
  for (const name of COUNTS) {
    const [a, b] = [one[name], other[name]];
    if (a !== undefined && b !== undefined) sums[name] = a + b;
  }
  const { sourceId, model, host, period, serviceTier } = one;
  const outputTokens = one.outputTokens + other.outputTokens;
  const usd = one.usd === undefined || other.usd === undefined ? undefined : one.usd + other.usd;
  return {
    sourceId,
    model,
    period,
    ...(host === undefined ? {} : { host }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    uncachedPromptTokens: uncached,
    outputTokens,
    ...sums,
    ...(usd === undefined ? {} : { usd: usd as NonNullable<HostedUsage['usd']> }),
  };
}

/** Starts of days that were known before, and of all days known now. */
interface DayMarks {
  readonly before: ReadonlySet<number>;
  readonly knownDays: ReadonlySet<number>;
}

/** The days that a page of usage covers completely. None if a row was rejected. */
export function completeDays(
  { before, knownDays }: DayMarks,
  rejected: number,
): Pick<Fetched, 'hostedUsageFor'> {
  const days = [...knownDays].filter((startMs) => !before.has(startMs));
  if (rejected > 0 || days.length === 0) return {};
  const [startMs, lastMs] = [Math.min(...days), Math.max(...days)];
  // Days may come in any order. If a page skips days, it makes no claim about those between.
  if (lastMs - startMs !== (days.length - 1) * DAY_MS) return {};
  return { hostedUsageFor: { window: { startMs, endMs: lastMs + DAY_MS } } };
}

/** Paging fields of OpenAI's and Anthropic's lists. */
export const pagingFields = { has_more: z.boolean().nullish(), next_page: z.string().nullish() };
export type PagedBody = z.output<z.ZodObject<typeof pagingFields>>;

/**
 * Parameters of the next page; `undefined` after the last page.
 * @throws {Failure} `malformed` if the answer announces a next page without naming it.
 */
export function findNextPage(
  provider: string,
  { has_more: hasMore, next_page: page }: PagedBody,
): { page: string } | undefined {
  if (page && hasMore !== false) return { page };
  if (hasMore !== true) return undefined;
  const message = `the list of ${provider} continues, but has no link to its next page`;
  throw new Failure('malformed', message, { hint: 'the pages read so far are stored; pull again' });
}

/** Joins encoded segments to a key. Encoding keeps different names apart. */
export function joinKey(...parts: readonly (string | null | undefined)[]): string {
  return parts.map((part) => encodeURIComponent(part ?? '')).join('/');
}
