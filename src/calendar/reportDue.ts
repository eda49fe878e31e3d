/**
 * Computes when a quarter's report is due: the n-th business day after the quarter, at a local
 * time.
 */

import { DAY_MS, dayText, HOUR_MS } from '../domain/period.ts';
import { previousQuarter, type Quarter, quarterAt, quarterPeriod, quarterText } from './quarter.ts';
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

export interface FiscalYear {
  readonly startMonth: number;
}

/** When a report is sent: the n-th business day after its quarter, at a local time. */
export interface SendTime {
  readonly businessDayOfQuarter: number;
  /** `07:00`, in `timeZone`. */
  readonly at: string;
  /** Dates like `2026-12-25` that are not business days. */
  readonly holidays: readonly string[];
}

/** The part of the config's section `report` that says when it is due. */
export interface ReportTimes {
  readonly sendOn?: SendTime;
  /** An IANA name. */
  readonly timeZone: string;
}

/** By default the fifth business day, when providers have closed the quarter's bill. */
const DEFAULT_SEND_ON: SendTime = { businessDayOfQuarter: 5, at: '07:00', holidays: [] };

interface ReportCalendar {
  readonly fiscal: FiscalYear;
  readonly report?: ReportTimes;
}

/** `report.sendOn` in `report.timeZone`; by default the fifth business day at 07:00 UTC. */
export function toDueRule({ fiscal, report }: ReportCalendar): DueRule {
  const { businessDayOfQuarter, at, holidays } = report?.sendOn ?? DEFAULT_SEND_ON;
  return {
    startMonth: fiscal.startMonth,
    businessDayOfQuarter,
    at,
    timeZone: report?.timeZone ?? 'UTC',
    holidays: new Set(holidays),
  };
}

/** A report that is made this long after its due time counts as late and states that. */
const LATE_AFTER_MS = 2 * HOUR_MS;

/** The due time that a report made at `madeMs` must state; absent if it is in time. */
export function findLateDueMs(quarter: Quarter, rule: DueRule, madeMs: number): number | undefined {
  const dueMs = reportDueMs(quarter, rule);
  return madeMs - dueMs > LATE_AFTER_MS ? dueMs : undefined;
}

/** The running quarter, and the midnight UTC of the day on which it is reported. */
export function nextReview(
  { fiscal, report }: ReportCalendar,
  nowMs: number,
): { readonly quarter: string; readonly dayMs: number } {
  const quarter = quarterAt(nowMs, fiscal.startMonth);
  const name = quarterText(quarter);
  // Without a configured report date, the quarter's last day.
  if (report?.sendOn === undefined) {
    return { quarter: name, dayMs: quarterPeriod(quarter, fiscal.startMonth).endMs - DAY_MS };
  }
  const rule = toDueRule({ fiscal, report });
  const day = localDayText(reportDueMs(quarter, rule), rule.timeZone);
  return { quarter: name, dayMs: Date.parse(`${day}T00:00:00Z`) };
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

/**
 * A day if the config has no `deadMan`, because `doctor` and the metric still need a grace period.
 */
export const DEFAULT_GRACE_MS = DAY_MS;

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
