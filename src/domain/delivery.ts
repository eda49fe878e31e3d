/**
 * A delivery: one message of an edition to one recipient, from planned to sent, or to a state in
 * which a person must decide.
 */

import type { RecipientRole } from './edition.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './period.ts';

/**
 * `waiting`: not taken yet. `claimed`: taken by a worker, nothing sent yet. `handing`: being sent,
 * no answer yet. `deferred`: waits for the next attempt. `failed`: given up. `ambiguous`: it is
 * unknown whether it arrived. An ambiguous delivery is never sent again unless a person decides so.
 */
export const DELIVERY_STATES = [
  'waiting',
  'claimed',
  'handing',
  'sent',
  'refused',
  'deferred',
  'failed',
  'ambiguous',
] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Allowed transitions. `ambiguous` still accepts a late answer. */
const NEXT: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  waiting: ['claimed', 'failed'],
  claimed: ['waiting', 'handing', 'refused', 'deferred', 'failed'],
  handing: ['sent', 'refused', 'deferred', 'failed', 'ambiguous'],
  deferred: ['claimed', 'waiting', 'failed'],
  ambiguous: ['sent', 'refused', 'deferred', 'waiting', 'failed'],
  refused: ['waiting', 'failed'],
  failed: ['waiting'],
  sent: [],
};

export function isAllowedTransition(from: DeliveryState, to: DeliveryState): boolean {
  return NEXT[from].includes(to);
}

/** Recipient, channel and role: the key under which a message is delivered exactly once. */
export interface DeliveryAddress {
  /** `mail`, or the id of a channel in config. */
  readonly channel: string;
  /** A mail address; for a chat, the channel's id. */
  readonly recipient: string;
  readonly role: RecipientRole;
  /** Set for an owner's message only. */
  readonly deployment?: string;
}

/**
 * One mail address without a display name. Characters that could break a header or an SMTP command
 * are rejected, as are those that RFC 5322 allows in quotes only.
 */
export const MAIL_ADDRESS = /^[^\s@<>()[\]\\,:;"]+@[^\s@<>()\\,;"]+$/;

export interface Delivery extends DeliveryAddress {
  /** `2026-Q3.1-2`: the edition, and the position in its list. */
  readonly id: string;
  readonly edition: string;
  readonly state: DeliveryState;
  /** Number of claims. */
  readonly tries: number;
  /** The worker that holds the lease, and when the lease ends. */
  readonly worker?: string;
  readonly leaseUntilMs?: number;
  /** Set while deferred. */
  readonly nextTryAtMs?: number;
  readonly messageId?: string;
  /** SHA-256 of the sent message; every attempt sends the same bytes. */
  readonly messageDigest?: string;
  /** The server's last answer, or why there was no answer. */
  readonly reply?: string;
  readonly code?: number;
  readonly plannedAtMs: number;
  readonly changedAtMs: number;
  readonly sentAtMs?: number;
}

/** One change of a delivery. Events are append-only. */
export interface DeliveryEvent {
  /** Increases over all deliveries. */
  readonly ref: number;
  readonly delivery: string;
  readonly atMs: number;
  readonly state: DeliveryState;
  /** The worker, or the person who decided. */
  readonly by?: string;
  readonly code?: number;
  readonly detail?: string;
}

/** The right to send one delivery. A newer claim makes it invalid. */
export interface DeliveryClaim {
  readonly delivery: string;
  readonly worker: string;
  /** Fencing token: increases with every claim of this delivery. */
  readonly token: number;
}

/** Result of sending. `code` is the server's own, e.g. SMTP 450. */
export type SendResult =
  | { readonly kind: 'sent'; readonly reply: string; readonly code?: number }
  | { readonly kind: 'refused'; readonly reply: string; readonly code?: number }
  | {
      readonly kind: 'deferred';
      readonly reply: string;
      readonly code?: number;
      /** Delay that the server requested. */
      readonly retryAfterMs?: number;
    }
  /** It was sent, and no answer confirms receipt. */
  | { readonly kind: 'ambiguous'; readonly reason: string };

/** Result of looking up an ambiguous message in a channel that supports it. */
export interface LookupResult {
  /** `unsent`: it did not arrive and may be sent again. */
  readonly kind: 'sent' | 'unsent';
  /** Where the message is, or how its state was determined. */
  readonly reply: string;
}

/** Why a notice or an alarm may not have been received. */
export interface NoticeProblem {
  readonly problem: string;
  /** It was sent without an answer: sending again at once might duplicate it. */
  readonly inDoubt: boolean;
}

/** A person's decision on a delivery. */
export interface DeliveryResolution {
  readonly as: 'sent' | 'send-again' | 'give-up';
  readonly by: string;
  readonly note: string;
}

const RESOLVED: Readonly<Record<DeliveryResolution['as'], DeliveryState>> = {
  sent: 'sent',
  'send-again': 'waiting',
  'give-up': 'failed',
};

/** The state after a person's decision; `undefined` if not allowed in this state. */
export function resolvedState(
  from: DeliveryState,
  as: DeliveryResolution['as'],
): DeliveryState | undefined {
  const to = RESOLVED[as];
  // A worker is sending it now: its answer comes first.
  if (from === 'claimed' || from === 'handing') return undefined;
  return isAllowedTransition(from, to) ? to : undefined;
}

/** Pauses before the 1st, 2nd, … new attempt; the last one repeats. */
const PAUSES_MS = [
  MINUTE_MS / 2,
  2 * MINUTE_MS,
  8 * MINUTE_MS,
  HOUR_MS / 2,
  2 * HOUR_MS,
  4 * HOUR_MS,
] as const;

/** RFC 5321, 4.5.4.1: give up after at least four to five days. */
const GIVE_UP_AFTER_MS = 5 * DAY_MS;
const LONGEST_PAUSE_MS = DAY_MS;

/** Number of deferrals so far, and the time of the first. */
export interface Deferrals {
  readonly count: number;
  readonly sinceMs?: number;
}

/**
 * Time of the next attempt; `undefined` once five days have passed since the first deferral. The
 * first pause is 30 s, the third 8 min, from the sixth on 4 h. The server may request a longer
 * pause, up to a day.
 */
export function nextTryAtMs(
  { count, sinceMs }: Deferrals,
  nowMs: number,
  retryAfterMs = 0,
): number | undefined {
  const pauseMs = PAUSES_MS[Math.min(count, PAUSES_MS.length - 1)] ?? 4 * HOUR_MS;
  const atMs = nowMs + Math.max(pauseMs, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
  return atMs > (sinceMs ?? nowMs) + GIVE_UP_AFTER_MS ? undefined : atMs;
}
