/** Pulls a DigitalOcean team's sizes and GPU Droplets, then invoices or estimates by month. */

import type { z } from 'zod';
import type { Invoice } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import { dayStartMs, dayText, monthsTouching, monthText } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import {
  type Answered,
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  type FailedQuestion,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { type ObservationContext, readRecords, requireTotal } from '../records.ts';
import { requestsFact } from '../source.ts';
import {
  type InvoiceContext,
  readInvoiceItems,
  readInvoiceSummary,
  type InvoiceTotals,
} from './invoice.ts';
import {
  digitaloceanHistoryAnswer,
  type DigitaloceanMonthContext,
  type digitaloceanPaging,
  type DigitaloceanPullState,
  digitaloceanSummaryAnswer,
  dropletsAnswer,
  estimatesAnswer,
  historyEntry,
  invoice,
  invoicesAnswer,
  itemsAnswer,
  monthKeyPrefix,
  readDroplets,
  readEstimates,
  readSizes,
  sizesAnswer,
} from './normalize.ts';
import type { DigitaloceanOptions } from './options.ts';

const api: Api<DigitaloceanOptions> = {
  kind: 'digitalocean',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);

function* questions(pull: ApiPull<DigitaloceanOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { id, nowMs, request } = pull;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const learned: DigitaloceanPullState = { sizes: new Map(), droplets: new Map() };
  if (requestsFact(request, 'rates', 'charges')) {
    yield listing({ name: 'sizes', expects: 'sizes', answer: sizesAnswer }, ['sizes'], (list) =>
      readSizes(list.items(), seen, learned),
    );
  }
  if (requestsFact(request, 'inventory', 'charges')) {
    const droplets = { name: 'droplets', expects: 'droplets', answer: dropletsAnswer };
    const read = (list: Answered) => readDroplets(list.items(), seen, learned);
    yield { ...listing(droplets, ['droplets'], read), query: { type: 'gpus' } };
  }
  if (requestsFact(request, 'charges')) yield* billQuestions(pull, learned);
}

/** Maximum page size. */
const PAGE = { per_page: '200' };

function nextOf({ links, total_pages: pages, current_page: page }: Paged): Query | undefined {
  const next = links?.pages?.next;
  if (next) {
    const number = /[?&]page=(\d+)/.exec(next)?.[1];
    if (number !== undefined) return { ...PAGE, page: number };
    const message = 'the list of DigitalOcean continues, but has no link to its next page';
    const hint = 'the pages read so far are stored; the others are missing';
    throw new Failure('malformed', message, { hint });
  }
  const goesOn = typeof pages === 'number' && typeof page === 'number' && page < pages;
  return goesOn ? { ...PAGE, page: String(page + 1) } : undefined;
}

interface Listing {
  readonly name: string;
  readonly expects: string;
  readonly answer: z.ZodType<Paged>;
}

type Paged = z.output<typeof digitaloceanPaging>;

/** A paged list with a stated total. A different number of items is a failure. */
function listing(
  { name, expects, answer }: Listing,
  path: readonly string[],
  read: (list: Answered, isLast: boolean) => AnswerFacts,
): ApiQuestion {
  let count = 0;
  return question({
    kind: `digitalocean.${name}`,
    path: ['v2', ...path],
    expects,
    pages: { first: PAGE, next: nextOf },
    answer,
    read: (frame, list) => {
      const total = frame.meta?.total ?? frame.total_items;
      const isLast = nextOf(frame) === undefined;
      count += list.count;
      if (typeof total === 'number') requireTotal({ total, count }, isLast, list.where);
      return read(list, isLast);
    },
  });
}

interface Billed {
  readonly uuid: string;
  readonly month: string;
  readonly number: string;
}

/**
 * Each month has either an invoice or estimates. If the list of invoices is unknown, no month is
 * requested.
 */
function* billQuestions(pull: ApiPull<DigitaloceanOptions>, learned: DigitaloceanPullState) {
  const invoices: Billed[] = [];
  const issued = new Map<string, number>();
  let [lists, rejected] = [0, 0];
  const countRejects = (read: AnswerFacts, isLast: boolean): AnswerFacts => {
    rejected += read.rejects?.length ?? 0;
    if (isLast) lists += 1;
    return read;
  };
  const invoiceList = { name: 'invoices', expects: 'invoices', answer: invoicesAnswer };
  yield listing(invoiceList, ['customers', 'my', 'invoices'], (list, isLast) => {
    const { facts, ...trouble } = readRecords(list.items(), invoice, (one) => one);
    for (const { fact } of facts) {
      const { invoice_uuid: uuid, invoice_id: number, invoice_period: month } = fact;
      invoices.push({ uuid, month, number: number ?? uuid });
    }
    return countRejects(trouble, isLast);
  });
  const history = {
    name: 'history',
    expects: 'billing_history',
    answer: digitaloceanHistoryAnswer,
  };
  yield listing(history, ['customers', 'my', 'billing_history'], (list, isLast) => {
    const { facts, ...trouble } = readRecords(list.items(), historyEntry, (one) => one);
    for (const { fact } of facts.filter((one) => one.fact.type === 'Invoice')) {
      if (fact.invoice_uuid && fact.date) issued.set(fact.invoice_uuid, fact.date);
    }
    return countRejects(trouble, isLast);
  });
  if (lists < 2 || rejected > 0) {
    yield unknownMonths();
    return;
  }
  const begun = monthsTouching(pull.request.window).filter(({ startMs }) => startMs <= pull.nowMs);
  for (const month of begun) {
    const monthInvoices = invoices.filter((one) => one.month === monthText(month.startMs));
    const context = { sourceId: pull.id, month, state: learned, seen: new Map<string, number>() };
    const stated: InvoiceTotals = { nanoUsd: 0n, invoices: 0, expected: monthInvoices.length };
    if (monthInvoices.length === 0) yield estimateQuestion(pull, context);
    for (const [index, one] of monthInvoices.entries()) {
      const issuedMs = issued.get(one.uuid);
      const invoiceHeader: Invoice = {
        id: one.number,
        ...(issuedMs === undefined ? {} : { issuedMs }),
      };
      const isLast = index === monthInvoices.length - 1;
      yield* invoiceQuestions(
        { ...context, uuid: one.uuid, invoice: invoiceHeader, stated },
        isLast,
      );
    }
  }
}

function unknownMonths(): FailedQuestion {
  const message = 'the bill was not requested: it is unknown which months have an invoice';
  const hint = 'pull again; known charges are kept';
  return { kind: 'digitalocean.bill', failure: new Failure('unavailable', message, { hint }) };
}

/**
 * Requests the estimates of a month without an invoice. They also withdraw an invoice that no
 * longer exists.
 */
function estimateQuestion(
  { options, nowMs }: ApiPull<DigitaloceanOptions>,
  context: DigitaloceanMonthContext,
) {
  const { team } = options;
  const { month } = context;
  const urn = team.includes(':') ? team : `do:team:${team}`;
  const lastMs = Math.max(month.startMs, Math.min(month.endMs, dayStartMs(nowMs)));
  const path = ['billing', urn, 'insights', dayText(month.startMs), dayText(lastMs)];
  const list = { name: 'estimates', expects: 'data_points', answer: estimatesAnswer };
  return listing(list, path, (answer) => {
    const read = readEstimates(answer.items(), context);
    const whole = { completeFor: { keyPrefix: monthKeyPrefix(month), window: month } };
    return { ...read, window: month, ...(read.rejects?.length === 0 ? whole : {}) };
  });
}

/**
 * Requests one invoice. A first pass over its items stores nothing, so an invoice that fails midway
 * is never counted beside the estimates it replaces.
 */
function* invoiceQuestions(context: InvoiceContext, isLast: boolean): Generator<ApiQuestion> {
  const { month, uuid, stated } = context;
  const path = ['customers', 'my', 'invoices', uuid];
  const list = { name: 'invoice.items', expects: 'invoice_items', answer: itemsAnswer };
  const completeFor = { keyPrefix: monthKeyPrefix(month), window: month, replaces: true } as const;
  const whole = { window: month, completeFor };
  let [sum, isWhole, isSummed] = [0n, false, false];
  yield listing({ ...list, name: 'invoice.check' }, path, (answer, isEnd) => {
    sum += readInvoiceItems(answer, { ...context, seen: new Map() }).sum;
    isWhole = isEnd;
    return { window: month };
  });
  if (!isWhole) return;
  yield question({
    kind: 'digitalocean.invoice.summary',
    path: ['v2', ...path, 'summary'],
    expects: 'amount',
    answer: digitaloceanSummaryAnswer,
    series: { name: monthKeyPrefix(month), isLast: false },
    read: (summary) => {
      const read = readInvoiceSummary(summary, sum, context);
      isSummed = true;
      return { ...read, ...whole };
    },
  });
  if (!isSummed) return;
  yield {
    ...listing(list, path, (answer, isEnd) => {
      const { charges, warnings } = readInvoiceItems(answer, context);
      const { nanoUsd: billedNanoUsd, invoices, expected } = stated;
      const isAll = isLast && isEnd && invoices === expected;
      const total = isAll ? { statedTotal: { billedNanoUsd, window: month } } : {};
      return { charges, warnings, ...whole, ...total };
    }),
    series: { name: monthKeyPrefix(month), isLast },
  };
}
