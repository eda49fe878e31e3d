/**
 * Reads the bill of the whole RunPod account, which each product's bill is checked against, and
 * checks billing responses.
 */

import type { Charge } from '../../domain/charge.ts';
import { exactDollarText, usdDigits } from '../../domain/figures.ts';
import { decimal } from '../../domain/exact.ts';
import { nanoFromUsd, type NanoUsd, sumNano, usd } from '../../domain/money.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import { shortText } from '../../platform/json.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { AnswerContext, AnswerFacts } from '../api.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { readRecords, REJECT_LIMIT, rejectWarnings, toReject } from '../records.ts';
import {
  type AccountRecord,
  accountRecord,
  billingAnswer,
  type BillMetadata,
  RUNPOD_FAMILIES,
  type RunpodFamily,
} from './wire.ts';
import { Failure } from '../../domain/failure.ts';

export interface AccountBill {
  /**
   * Nano-dollars of one product in a window; `undefined` if the account's bill does not cover it.
   */
  billed(family: RunpodFamily, window: Period): NanoUsd | undefined;
}

export interface AccountReader extends AccountBill {
  /**
   * Reads one response. A product without a bill of its own becomes a charge, so that no money is
   * lost. The amounts of the other products are only used for comparison, if the records sum to the
   * stated total.
   * @throws {Failure} `malformed` if its frame is not as documented.
   */
  read(answer: JsonList, sourceId: string, answered: AnswerContext): AnswerFacts;
}

const KEY = 'account/';

export function newAccountBill(): AccountReader {
  const covered: Period[] = [];
  const records = new Map<number, AccountRecord>();
  return {
    billed(family, window) {
      if (!isCovered(window, covered)) return undefined;
      const inside = [...records.values()].filter((record) => isInside(spanOf(record), window));
      return sumNano(
        inside.flatMap(({ amounts }) =>
          [...amounts].map(([field, text]) => (belongsTo(family, field) ? nano(text) : 0n)),
        ),
      );
    },
    read(answer, sourceId, { where, window: asked }) {
      const { metadata } = parseResponse(billingAnswer, answer.frame, where);
      const { answered, window } = readWindows(metadata, asked, where);
      const read = readRecords(answer.items(), accountRecord, (item) => item);
      const facts = firstOfEach(read.facts);
      const inside = facts.filter(({ fact }) => isInside(spanOf(fact), window));
      const outside = facts.filter(({ fact }) => !isInside(spanOf(fact), window));
      const unread = answer.count - read.facts.length;
      const rejects = [...read.rejects, ...outside.map((one) => outsideWindow(one, window))];
      for (const { fact } of inside) records.set(fact.startTime, fact);
      const stated = metadata.totals?.totalAmount;
      const sum = sumNano(read.facts.map(({ fact }) => nano(fact.totalAmount)));
      const agrees = stated !== undefined && isNearAmount(nano(stated), sum, facts.length);
      if (!agrees && rejects.length === 0) checkRecordCount(metadata, answer, where);
      const isComplete = rejects.length === 0 && agrees;
      if (isComplete) covered.push(window);
      const unexplainedRejects = unexplained(inside);
      const isWhole = isComplete && unexplainedRejects.length === 0 && window === answered;
      const others = inside.flatMap(({ position, fact }) => otherCharges(fact, sourceId, position));
      return {
        charges: others,
        rejects: [...rejects, ...unexplainedRejects].slice(0, REJECT_LIMIT),
        warnings: [
          ...rejectWarnings(unread + outside.length + unexplainedRejects.length),
          ...(agrees ? [] : [totalsDiffer(stated, sum)]),
          ...newProducts(others),
        ],
        ...(isWhole ? { completeFor: { keyPrefix: KEY, window } } : {}),
      };
    },
  };
}

/** Keeps the first of repeated buckets; the total reveals the repeat. */
function firstOfEach(facts: readonly Located<AccountRecord>[]): Located<AccountRecord>[] {
  const seen = new Set<number>();
  return facts.filter(({ fact: { startTime } }) => {
    const isFirst = !seen.has(startTime);
    seen.add(startTime);
    return isFirst;
  });
}

function spanOf({ startTime, endTime }: AccountRecord): Period {
  return { startMs: startTime, endMs: endTime };
}

/** Whether the windows together cover the whole window. A bill may come in halves. */
function isCovered(window: Period, covered: readonly Period[]): boolean {
  let { startMs } = window;
  for (const one of covered.toSorted((a, b) => a.startMs - b.startMs)) {
    if (one.startMs <= startMs && one.endMs > startMs) startMs = one.endMs;
  }
  return startMs >= window.endMs;
}

function isInside(inner: Period, outer: Period): boolean {
  const { startMs, endMs } = inner;
  return startMs < endMs && startMs >= outer.startMs && endMs <= outer.endMs;
}

/** `podGpuAmount` belongs to `pod`, as does any new part of pods. */
function belongsTo({ account }: RunpodFamily, field: string): boolean {
  return field.startsWith(account) && /^[A-Z]/.test(field.slice(account.length));
}

function nano(text: string): NanoUsd {
  return nanoFromUsd(decimal(text));
}

/**
 * Amounts of products without a bill of their own, and the rest of the total that no amount
 * explains.
 */
function beyondFamilies({ totalAmount, amounts }: AccountRecord) {
  const amountsByField = [...amounts].map(([field, text]) => ({ field, billed: nano(text) }));
  const others = amountsByField.filter(
    ({ field }) => !RUNPOD_FAMILIES.some((family) => belongsTo(family, field)),
  );
  const sumOfOthers = sumNano(others.map(({ billed }) => billed));
  const gap = nano(totalAmount) - sumNano(amountsByField.map(({ billed }) => billed));
  // If the known products explain the total, other amounts are another view of the same money.
  if (isNearAmount(gap + sumOfOthers, 0n, 0)) return { others: [], gap: 0n };
  return isNearAmount(gap, 0n, 0) ? { others, gap: 0n } : { others: [], gap: gap + sumOfOthers };
}

/** A bill that differs from its own total cannot be used as a check. */
function totalsDiffer(stated: string | undefined, sum: NanoUsd): PullWarning {
  return {
    code: 'account-total-differs',
    ...(stated === undefined ? {} : { statedUsd: usdDigits(usd(nano(stated))) }),
    foundUsd: usdDigits(usd(sum)),
  };
}

function otherCharges(
  record: AccountRecord,
  sourceId: string,
  position: number,
): Located<Charge>[] {
  const others = beyondFamilies(record).others.filter(({ billed }) => billed !== 0n);
  return others.map(({ field, billed }) => ({
    position,
    fact: {
      sourceId,
      key: `${KEY}${encodeURIComponent(field)}/${instantText(record.startTime)}`,
      resourceId: `runpod-${field.replace(/Amount$/, '')}`,
      category: 'fee',
      pricingClass: 'on-demand',
      period: spanOf(record),
      billed,
      basis: 'billed',
    },
  }));
}

function newProducts(others: readonly Located<Charge>[]): PullWarning[] {
  if (others.length === 0) return [];
  const names = [...new Set(others.map(({ fact }) => fact.resourceId))].sort();
  const sum = usdDigits(usd(sumNano(others.map(({ fact }) => fact.billed))));
  return [{ code: 'unknown-products', usd: sum, resources: shortText(names.join(', '), 200) }];
}

/** Rejects totals that their parts do not explain: another bill may have the rest. */
function unexplained(records: readonly Located<AccountRecord>[]): Reject[] {
  return records.flatMap((one) => {
    const { gap } = beyondFamilies(one.fact);
    if (gap === 0n) return [];
    const rest = `${exactDollarText(usd(gap))} that no part explains`;
    return [rejected(one, `totalAmount: ${rest} is not counted; compare it with the invoice`)];
  });
}

function outsideWindow(one: Located<AccountRecord>, window: Period): Reject {
  const given = billSpanText(spanOf(one.fact));
  const wanted = `expected a bucket inside ${billSpanText(window)}`;
  return rejected(one, `startTime: found ${given}, ${wanted}`);
}

function rejected({ position, fact }: Located<AccountRecord>, reason: string): Reject {
  return toReject(position, { ...fact, amounts: Object.fromEntries(fact.amounts) }, reason);
}

export function malformedResponse(where: string, fault: string): Failure {
  return new Failure('malformed', `${where} returned an unexpected response: ${fault}`, { where });
}

/**
 * The window of a response, and the part of it that was requested (the same object if all of it
 * was).
 * @throws {Failure} `malformed` if they do not overlap.
 */
export function readWindows(
  { query }: BillMetadata,
  asked: Period,
  where: string,
): { readonly answered: Period; readonly window: Period } {
  const answered = resolvedWindow(query, where);
  return { answered, window: withinAsked(answered, asked, where) };
}

function resolvedWindow(query: { startTime: number; endTime: number }, where: string): Period {
  const window = { startMs: query.startTime, endMs: query.endTime };
  if (window.startMs < window.endMs) return window;
  throw malformedResponse(where, 'its period ends before it starts');
}

function withinAsked(answered: Period, asked: Period, where: string): Period {
  const startMs = Math.max(answered.startMs, asked.startMs);
  const endMs = Math.min(answered.endMs, asked.endMs);
  if (startMs === answered.startMs && endMs === answered.endMs) return answered;
  if (startMs < endMs) return { startMs, endMs };
  throw malformedResponse(
    where,
    `it is for ${billSpanText(answered)}, expected ${billSpanText(asked)}`,
  );
}

/** RunPod sums doubles; a millionth of a dollar is rounding. */
const ROUNDING_NANO = 1000n;

/** Whether two nano-dollar amounts are equal, but for this many roundings and sums of doubles. */
export function isNearAmount(a: bigint, b: bigint, roundings: number): boolean {
  const gap = a > b ? a - b : b - a;
  return gap <= BigInt(roundings) + ROUNDING_NANO;
}

/**
 * Throws if the record count differs from the stated count and no total confirms the records.
 * RunPod documents the count as buckets times resources, which may exceed the records.
 * @throws {Failure} `malformed`
 */
export function checkRecordCount(
  { recordCount }: BillMetadata,
  { count }: JsonList,
  where: string,
): void {
  if (recordCount === count) return;
  const counts = `it states ${recordCount} records but has ${count}`;
  throw malformedResponse(where, `${counts}, and no total shows that they are complete`);
}

export function billSpanText(span: Period): string {
  return `${instantText(span.startMs)} to ${instantText(span.endMs)}`;
}
