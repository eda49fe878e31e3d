/** Knows how one billing answer becomes charges, rejects, a total to reconcile, and warnings. */

import type { Charge } from '../../domain/charge.ts';
import { decimal } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { nanoFromUsd, sumNano, usd, usdText } from '../../domain/money.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { faultOf, readWire } from '../../platform/wire.ts';
import { chargesOf } from './charges.ts';
import type { Family } from './family.ts';
import type { Holding } from './inventory.ts';
import { newNotes } from './notes.ts';
import { REJECT_LIMIT, rejectOf, rejectWarnings } from './records.ts';
import { type BillingRecord, billingAnswer } from './wire.ts';

export interface BillContext {
  readonly sourceId: string;
  readonly family: Family;
  readonly asked: Period;
  /** For messages: the redacted URL. */
  readonly where: string;
  readonly holdings: ReadonlyMap<string, Holding>;
}

/** What an answer says, and the time it says it for. */
export type Bill = Omit<Fetched, 'fetch'> & { readonly window: Period };

/**
 * Reads one answer. A bad record is a reject, and so is one outside of the time that was asked
 * about. The answer withdraws what it no longer tells only inside that time, where every record was
 * good and they sum to the total that it states.
 * @throws {Failure} `malformed` where its frame is not what the API documents, or it answers for
 *   another time altogether.
 */
export function readBill(answer: ListBody, context: BillContext): Bill {
  const { metadata } = readWire(billingAnswer, answer.frame, context.where);
  const answered = resolvedWindow(metadata.query, context.where);
  if (metadata.recordCount !== answer.count) {
    throw malformed(
      context.where,
      `it counts ${metadata.recordCount} records and holds ${answer.count}`,
    );
  }
  const window = withinAsked(answered, context);
  const tally = tallyOf(answer.items(), window, context);
  const stated = metadata.totals?.totalAmount;
  const statedNano = stated === undefined ? undefined : nanoFromUsd(decimal(stated));
  const total = totalCheck(statedNano, tally.charges, answer.count);
  const isWhole = window === answered && tally.rejected === 0 && total.agrees;
  return {
    window,
    charges: tally.charges,
    rejects: tally.rejects,
    warnings: [
      ...windowWarnings(answered, context),
      ...rejectWarnings(tally.rejected),
      ...tally.warnings(),
      ...total.warnings,
    ],
    ...(statedNano === undefined || window !== answered
      ? {}
      : { statedTotal: { billedNanoUsd: statedNano, window } }),
    ...(isWhole ? { completeFor: { keyPrefix: `${context.family.name}/`, window } } : {}),
  };
}

function malformed(where: string, fault: string): Failure {
  return new Failure('malformed', `${where} answered something else: ${fault}`, { where });
}

function resolvedWindow(query: { startTime: number; endTime: number }, where: string): Period {
  const window = { startMs: query.startTime, endMs: query.endTime };
  if (window.startMs < window.endMs) return window;
  throw malformed(where, 'its window ends before it starts');
}

/** What was answered of what was asked: the same window where nothing lies beyond. */
function withinAsked(answered: Period, { asked, where }: BillContext): Period {
  const startMs = Math.max(answered.startMs, asked.startMs);
  const endMs = Math.min(answered.endMs, asked.endMs);
  if (startMs === answered.startMs && endMs === answered.endMs) return answered;
  if (startMs < endMs) return { startMs, endMs };
  throw malformed(where, `it is for ${spanText(answered)} where ${spanText(asked)} was asked`);
}

function windowWarnings(answered: Period, { asked, family }: BillContext): string[] {
  if (answered.startMs === asked.startMs && answered.endMs === asked.endMs) return [];
  return [
    `RunPod was asked for the ${family.name} bill of ${spanText(asked)} and answered for ` +
      `${spanText(answered)}; only what it answered of that is known`,
  ];
}

function totalCheck(
  stated: bigint | undefined,
  charges: readonly Located<Charge>[],
  recordCount: number,
): { agrees: boolean; warnings: string[] } {
  if (stated === undefined) {
    return { agrees: false, warnings: ['RunPod stated no total that could be read to check by'] };
  }
  const sum = sumNano(charges.map(({ fact }) => fact.billed));
  const gap = stated > sum ? stated - sum : sum - stated;
  // A nano-dollar for rounding each record, and a thousand for adding doubles on their side.
  if (gap <= BigInt(recordCount) + 1000n) return { agrees: true, warnings: [] };
  const [told, found] = [stated, sum].map((nano) => usdText(usd(nano)));
  const warning = `RunPod states a total of $${told}, but its records sum to $${found}`;
  return { agrees: false, warnings: [warning] };
}

interface Tally {
  readonly charges: Located<Charge>[];
  readonly rejects: Reject[];
  /** Also those beyond the rejects that are kept. */
  readonly rejected: number;
  warnings(): string[];
}

function tallyOf(records: Iterable<unknown>, window: Period, context: BillContext): Tally {
  const charges: Located<Charge>[] = [];
  const rejects: Reject[] = [];
  const notes = newNotes(context.family);
  const seen = new Set<string>();
  let [position, rejected] = [-1, 0];
  for (const raw of records) {
    position += 1;
    const record = readRecord(raw, window, context.family);
    const place = typeof record === 'string' ? '' : `${record.startTime} ${record.id}`;
    const fault = typeof record !== 'string' && seen.has(place) ? TWICE : record;
    if (typeof fault === 'string') {
      rejected += 1;
      if (rejects.length < REJECT_LIMIT) rejects.push(rejectOf(position, raw, fault));
      continue;
    }
    seen.add(place);
    const told = chargesFor(fault, context);
    for (const fact of told.charges) charges.push({ position, fact });
    notes.take(fault.id, raw, told);
  }
  return { charges, rejects, rejected, warnings: () => notes.all(context.holdings) };
}

const TWICE = 'the same resource and bucket a second time; only the first was taken';

function readRecord(raw: unknown, window: Period, family: Family): BillingRecord | string {
  const read = family.record.safeParse(raw);
  if (!read.success) return faultOf(read.error);
  const { startTime, endTime } = read.data;
  if (startTime >= endTime) return 'startTime: a time before endTime was expected';
  if (startTime < window.startMs || endTime > window.endMs) {
    const given = spanText({ startMs: startTime, endMs: endTime });
    return `startTime: a bucket inside ${spanText(window)} was expected, got ${given}`;
  }
  return signFault(read.data, family) ?? read.data;
}

/**
 * A credit is negative as a whole. A part below zero in a total above, or the other way round, is a
 * discount where the parts sum to the total, and a slip where they do not.
 */
function signFault(record: BillingRecord, { parts }: Family): string | undefined {
  const total = nanoFromUsd(decimal(record.totalAmount));
  const amounts = parts.map(({ field }) => nanoFromUsd(decimal(record[field] ?? '0')));
  const gap = total - sumNano(amounts);
  if (gap <= amounts.length && -gap <= amounts.length) return undefined;
  const odd = parts.find((_, index) => (amounts[index] ?? 0n) * total < 0n);
  if (odd === undefined) return undefined;
  return `${odd.field}: an amount of the sign of totalAmount was expected, or parts that sum to it`;
}

function chargesFor(record: BillingRecord, context: BillContext) {
  const span = { startMs: record.startTime, endMs: record.endTime };
  const holding = context.holdings.get(record.id) ?? {};
  return chargesOf(record, { ...context, span, holding });
}

function spanText(span: Period): string {
  return `${instantText(span.startMs)} to ${instantText(span.endMs)}`;
}
