/**
 * Computes when a quarter's report is due: the n-th business day after the quarter, at a local
 * time.
 */

import {
  DAY_MS,
  dayText,
  previousQuarter,
  type Quarter,
  quarterAt,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import { localDayText, localTimeMs } from '../domain/localTime.ts';
import type { Delivery, DeliveryState } from '../domain/delivery.ts';

export interface DueRule {
  /** First month of the fiscal year. */
  readonly startMonth: number;
  /** The n-th working day after the quarter's end. */
  readonly businessDayOfQuarter: number;
  /** `07:00`, local time in `timeZone`. */
  readonly at: string;
  /** An IANA time zone. */
  readonly timeZone: string;
  /** Holidays beside Saturdays and Sundays, as dates like `2026-10-05`. */
  readonly holidays: ReadonlySet<string>;
}

/**
 * The instant at which the report of `quarter` is due. 2026-Q3 on the fifth business day at 07:00
 * in Paris is 2026-10-07T05:00:00Z.
 */
export function reportDueMs(quarter: Quarter, rule: DueRule): number {
  let left = rule.businessDayOfQuarter;
  // The quarter's end as a date, which is the same in every zone.
  let dayMs = quarterPeriod(quarter, rule.startMonth).endMs;
  for (; ; dayMs += DAY_MS) {
    if (isBusinessDay(dayMs, rule)) left -= 1;
    if (left === 0) return localTimeMs(dayText(dayMs), rule.at, rule.timeZone);
  }
}

/** The newest quarter whose report is due by `nowMs`, by local time. */
export function newestDueQuarter(nowMs: number, rule: DueRule): Quarter {
  const today = Date.parse(`${localDayText(nowMs, rule.timeZone)}T00:00:00Z`);
  let quarter = previousQuarter(quarterAt(today, rule.startMonth));
  while (reportDueMs(quarter, rule) > nowMs) quarter = previousQuarter(quarter);
  return quarter;
}

function isBusinessDay(dayMs: number, { holidays }: DueRule): boolean {
  const weekday = new Date(dayMs).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(dayText(dayMs));
}

/** Input of the overdue check. */
export interface OverdueWatch {
  readonly rule: DueRule;
  /** Grace period after the due time, before the report counts as overdue. */
  readonly graceMs: number;
  /** When reports began to be due; absent while the ledger is empty. */
  readonly beganMs?: number;
  readonly nowMs: number;
}

/** A recipient who has not received the report. */
export interface MissingRecipient {
  readonly recipient: string;
  /** The state of the newest delivery; absent if none was ever planned. */
  readonly state?: DeliveryState;
}

/** How many recipients have a report, and who does not. */
export interface DeliveryProgress {
  /** Recipients in all, and those who have it. */
  readonly readers: number;
  readonly have: number;
  readonly missing: readonly MissingRecipient[];
}

/**
 * `nothing-due`: no report has been due yet. `sent`: the newest due report was sent. `due`: it was
 * not, but is not overdue yet. `overdue`: it was not sent in time.
 */
export type OverdueStatus =
  | { readonly kind: 'nothing-due' }
  | {
      readonly kind: 'sent';
      readonly quarter: string;
      readonly dueMs: number;
      readonly sentMs: number;
    }
  | ({
      readonly kind: 'due' | 'overdue';
      readonly quarter: string;
      readonly dueMs: number;
    } & DeliveryProgress);

export type ReportDelivery = Pick<
  Delivery,
  'channel' | 'recipient' | 'role' | 'state' | 'sentAtMs'
>;
/** A recipient of the leader's report. */
export type LeaderRecipient = Pick<Delivery, 'channel' | 'recipient'>;

/** States from which a delivery is still sent automatically. */
const UNDER_WAY: readonly DeliveryState[] = ['waiting', 'claimed', 'handing', 'deferred'];

/** The newest quarter whose report is due, if any. */
export function newestDueReport(
  watch: OverdueWatch,
): { quarter: string; dueMs: number } | undefined {
  const quarter = newestDueQuarter(watch.nowMs, watch.rule);
  const dueMs = reportDueMs(quarter, watch.rule);
  // Reports due before the first record were never promised.
  if (watch.beganMs === undefined || dueMs < watch.beganMs) return undefined;
  return { quarter: quarterText(quarter), dueMs };
}

/**
 * Checks {@link newestDueReport} by the deliveries of all its editions, oldest first, and by
 * leaders
 * without a planned delivery. A report counts as sent when one leader has any edition (or anyone,
 * if there are no leaders) and no other leader's delivery is pending. Refused and ambiguous
 * deliveries do not count as pending: an alert was sent when they happened.
 */
export function checkOverdue(
  watch: OverdueWatch,
  deliveries: readonly ReportDelivery[],
  leaders: readonly LeaderRecipient[] = [],
): OverdueStatus {
  const watched = newestDueReport(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const readers = findRecipients(deliveries, leaders);
  const sent = readers.flatMap(({ sentMs }) => sentMs ?? []);
  if (sent.length > 0 && !readers.some(isAwaiting)) {
    return { kind: 'sent', ...watched, sentMs: Math.min(...sent) };
  }
  const isOverdue = watch.nowMs > watched.dueMs + watch.graceMs;
  return { kind: isOverdue ? 'overdue' : 'due', ...watched, ...summarize(readers) };
}

interface Reader extends MissingRecipient {
  readonly role: ReportDelivery['role'];
  readonly sentMs?: number;
}

/** The leaders, or all recipients if there are none. Each mailbox counts once. */
function findRecipients(
  deliveries: readonly ReportDelivery[],
  leaders: readonly LeaderRecipient[],
): Reader[] {
  const planned = [...Map.groupBy(deliveries, recipientKey).values()].map(toRecipient);
  const known = new Set(deliveries.map(recipientKey));
  const unplanned = leaders
    .map(({ channel, recipient }) => ({ channel, recipient, role: 'leader' as const }))
    .filter((leader) => !known.has(recipientKey(leader)));
  const all = [...planned, ...unplanned];
  const toLeaders = all.filter(({ role }) => role === 'leader');
  return toLeaders.length > 0 ? toLeaders : all;
}

function recipientKey({
  channel,
  recipient,
  role,
}: LeaderRecipient & Pick<ReportDelivery, 'role'>): string {
  return [role, channel, recipient.toLowerCase()].join('\n');
}

function toRecipient(deliveries: readonly ReportDelivery[]): Reader {
  const sent = deliveries.flatMap(({ sentAtMs }) => sentAtMs ?? []);
  const { recipient = '', role = 'leader', state = 'waiting' } = deliveries.at(-1) ?? {};
  return { recipient, role, state, ...(sent.length === 0 ? {} : { sentMs: Math.min(...sent) }) };
}

/** Only leaders are waited for: the leader's report is the one that was promised. */
function isAwaiting({ role, sentMs, state }: Reader): boolean {
  if (role !== 'leader' || sentMs !== undefined) return false;
  return state === undefined || UNDER_WAY.includes(state);
}

function summarize(readers: readonly Reader[]): DeliveryProgress {
  const missing = readers.filter(({ sentMs }) => sentMs === undefined);
  return {
    readers: readers.length,
    have: readers.length - missing.length,
    missing: missing.map(({ recipient, state }) => ({
      recipient,
      ...(state === undefined ? {} : { state }),
    })),
  };
}
