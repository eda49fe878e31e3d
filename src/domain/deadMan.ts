/** Knows whether a report that was due has gone out: the dead man's check, as a pure question. */

import type { Delivery, DeliveryState } from './delivery.ts';
import { type DueRule, newestDueQuarter, reportDueMs } from './due.ts';
import { quarterText } from './period.ts';

/** What the check looks at. */
export interface Watch {
  readonly rule: DueRule;
  /** After the due moment, before it is called overdue. */
  readonly graceMs: number;
  /** Since when reports are owed at all; absent while the ledger remembers nothing. */
  readonly beganMs?: number;
  readonly nowMs: number;
}

/**
 * `nothing-due`: no report has become due since reports are owed; `sent`: the newest due one has
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
  | { readonly kind: 'due' | 'overdue'; readonly quarter: string; readonly dueMs: number };

type Sent = Pick<Delivery, 'state' | 'role' | 'sentAtMs'>;

/** A delivery that still wants to go out by itself. */
const UNDER_WAY: readonly DeliveryState[] = ['waiting', 'claimed', 'handing', 'deferred'];

/** The newest quarter whose report is due, by its text, where it is owed. */
export function watchedQuarter(watch: Watch): { quarter: string; dueMs: number } | undefined {
  const quarter = newestDueQuarter(watch.nowMs, watch.rule);
  const dueMs = reportDueMs(quarter, watch.rule);
  // What was due before that was never promised.
  if (watch.beganMs === undefined || dueMs < watch.beganMs) return undefined;
  return { quarter: quarterText(quarter), dueMs };
}

/**
 * Whether a quarter's report has gone out, by the deliveries of all its editions: it was sent to a
 * leader (to anybody, where no leader is to get it), and no leader still waits for it. What one of
 * them was refused, or is ambiguous, was told when it happened.
 */
export function hasGoneOut(deliveries: readonly Sent[]): boolean {
  const toLeaders = deliveries.filter(({ role }) => role === 'leader');
  const awaited = toLeaders.length > 0 ? toLeaders : deliveries;
  const isSent = awaited.some(({ sentAtMs }) => sentAtMs !== undefined);
  return isSent && !toLeaders.some(({ state }) => UNDER_WAY.includes(state));
}

/** Judges the deliveries of all editions of {@link watchedQuarter}; see {@link hasGoneOut}. */
export function deadMan(watch: Watch, deliveries: readonly Sent[]): DeadMan {
  const watched = watchedQuarter(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const sent = deliveries.flatMap(({ sentAtMs }) => (sentAtMs === undefined ? [] : [sentAtMs]));
  if (hasGoneOut(deliveries)) {
    return { kind: 'sent', ...watched, sentMs: Math.min(...sent) };
  }
  const isOverdue = watch.nowMs > watched.dueMs + watch.graceMs;
  return { kind: isOverdue ? 'overdue' : 'due', ...watched };
}
