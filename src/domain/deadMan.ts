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
 * When a report went out, by the deliveries of all its editions; `undefined` where it has not: it
 * must have been sent to a leader (to anybody, where none is to get it), and no leader may still
 * wait for it. What one of them was refused, or is ambiguous, was told when it happened.
 */
export function goneOutAtMs(deliveries: readonly Sent[]): number | undefined {
  const toLeaders = deliveries.filter(({ role }) => role === 'leader');
  const awaited = toLeaders.length > 0 ? toLeaders : deliveries;
  const sent = awaited.flatMap(({ sentAtMs }) => (sentAtMs === undefined ? [] : [sentAtMs]));
  const waiting = toLeaders.some(({ state }) => UNDER_WAY.includes(state));
  return sent.length === 0 || waiting ? undefined : Math.min(...sent);
}

/** Judges the deliveries of all editions of {@link watchedQuarter}, by {@link goneOutAtMs}. */
export function deadMan(watch: Watch, deliveries: readonly Sent[]): DeadMan {
  const watched = watchedQuarter(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const sentMs = goneOutAtMs(deliveries);
  if (sentMs !== undefined) return { kind: 'sent', ...watched, sentMs };
  const isOverdue = watch.nowMs > watched.dueMs + watch.graceMs;
  return { kind: isOverdue ? 'overdue' : 'due', ...watched };
}
