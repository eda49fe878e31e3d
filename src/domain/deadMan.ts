/** Whether a report that was due has gone out: the dead man's check, as a pure question. */

import type { Delivery, DeliveryState } from './delivery.ts';
import { type DueRule, newestDueQuarter, reportDueMs } from './due.ts';
import { quarterText } from './period.ts';

/** What the check looks at. */
export interface Watch {
  readonly rule: DueRule;
  /** After the due moment, before it is called overdue. */
  readonly graceMs: number;
  /** The time from which reports are due at all; absent while the ledger is empty. */
  readonly beganMs?: number;
  readonly nowMs: number;
}

/** A recipient who has not received the report. */
export interface Missing {
  readonly recipient: string;
  /** The state of the newest delivery; absent if none was ever planned. */
  readonly state?: DeliveryState;
}

/** How far a report came: who is to have it, and who has not. */
export interface HandedOut {
  /** How many are to have it, and how many of them do. */
  readonly readers: number;
  readonly have: number;
  readonly missing: readonly Missing[];
}

/**
 * `nothing-due`: no report has become due so far; `sent`: the newest due one has
 * gone out; `due`: it has not, and it is not yet overdue; `overdue`: it has not.
 */
export type DeadMan =
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
    } & HandedOut);

export type Sent = Pick<Delivery, 'channel' | 'recipient' | 'role' | 'state' | 'sentAtMs'>;
/** Who is to get the leaders' letter. */
export type Leader = Pick<Delivery, 'channel' | 'recipient'>;

/** A delivery that still wants to go out by itself. */
const UNDER_WAY: readonly DeliveryState[] = ['waiting', 'claimed', 'handing', 'deferred'];

/** The newest quarter whose report is due, by its text, if there is one. */
export function watchedQuarter(watch: Watch): { quarter: string; dueMs: number } | undefined {
  const quarter = newestDueQuarter(watch.nowMs, watch.rule);
  const dueMs = reportDueMs(quarter, watch.rule);
  // What was due before that was never promised.
  if (watch.beganMs === undefined || dueMs < watch.beganMs) return undefined;
  return { quarter: quarterText(quarter), dueMs };
}

/**
 * Judges {@link watchedQuarter} by the deliveries of all its editions, oldest first, and by the
 * leaders who were not planned for yet. It has gone out when a leader has any edition of it
 * (anybody, where none is to get it) and no leader without one may still get it. Who was refused,
 * or is in doubt, was told of when it happened.
 */
export function deadMan(
  watch: Watch,
  deliveries: readonly Sent[],
  leaders: readonly Leader[] = [],
): DeadMan {
  const watched = watchedQuarter(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const readers = readersOf(deliveries, leaders);
  const sent = readers.flatMap(({ sentMs }) => sentMs ?? []);
  if (sent.length > 0 && !readers.some(isAwaiting)) {
    return { kind: 'sent', ...watched, sentMs: Math.min(...sent) };
  }
  const isOverdue = watch.nowMs > watched.dueMs + watch.graceMs;
  return { kind: isOverdue ? 'overdue' : 'due', ...watched, ...handedOut(readers) };
}

interface Reader extends Missing {
  readonly role: Sent['role'];
  readonly sentMs?: number;
}

/** Leaders; everybody who gets a letter where there are none. One mailbox is one reader. */
function readersOf(deliveries: readonly Sent[], leaders: readonly Leader[]): Reader[] {
  const planned = [...Map.groupBy(deliveries, readerKey).values()].map(readerOf);
  const known = new Set(deliveries.map(readerKey));
  const unplanned = leaders
    .map(({ channel, recipient }) => ({ channel, recipient, role: 'leader' as const }))
    .filter((leader) => !known.has(readerKey(leader)));
  const all = [...planned, ...unplanned];
  const toLeaders = all.filter(({ role }) => role === 'leader');
  return toLeaders.length > 0 ? toLeaders : all;
}

function readerKey({ channel, recipient, role }: Leader & Pick<Sent, 'role'>): string {
  return [role, channel, recipient.toLowerCase()].join('\n');
}

function readerOf(letters: readonly Sent[]): Reader {
  const sent = letters.flatMap(({ sentAtMs }) => sentAtMs ?? []);
  const { recipient = '', role = 'leader', state = 'waiting' } = letters.at(-1) ?? {};
  return { recipient, role, state, ...(sent.length === 0 ? {} : { sentMs: Math.min(...sent) }) };
}

/** Who does not read for leaders is not waited for: a leader's mail is what was promised. */
function isAwaiting({ role, sentMs, state }: Reader): boolean {
  if (role !== 'leader' || sentMs !== undefined) return false;
  return state === undefined || UNDER_WAY.includes(state);
}

function handedOut(readers: readonly Reader[]): HandedOut {
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
