/**
 * A delivery: one letter of an edition to one recipient, from planned to sent, or to where a
 * person must decide.
 */

import type { ReaderRole } from './letter.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './period.ts';

/**
 * `waiting` to be taken; `claimed` by a worker, nothing handed yet; `handing` past the point of no
 * return, without an answer yet; `deferred` until the next try; `failed` given up; `ambiguous` when
 * nobody knows whether it arrived, which is never sent again unless a person says so.
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

/** What may follow what. `ambiguous` still learns of an answer that came after all. */
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

export function mayBecome(from: DeliveryState, to: DeliveryState): boolean {
  return NEXT[from].includes(to);
}

/** Who gets which letter, and by what: the key under which it is delivered exactly once. */
export interface Address {
  /** `mail`, or the id of a channel that config names. */
  readonly channel: string;
  /** A mail address; of a chat, the channel's id. */
  readonly recipient: string;
  readonly role: ReaderRole;
  /** Set for an owner's letter, and only there. */
  readonly deployment?: string;
}

/**
 * One mail address, without a display name; what a header or a command could break on is out, and
 * so is what RFC 5322 lets stand in quotes alone.
 */
export const MAIL_ADDRESS = /^[^\s@<>()[\]\\,:;"]+@[^\s@<>()\\,;"]+$/;

export interface Delivery extends Address {
  /** `2026-Q3.1-2`: the edition, and the place in its list. */
  readonly id: string;
  readonly edition: string;
  readonly state: DeliveryState;
  /** How often it was claimed. */
  readonly tries: number;
  /** Who works on it, and until when nobody else may. */
  readonly worker?: string;
  readonly leaseUntilMs?: number;
  /** Set while deferred. */
  readonly nextTryAtMs?: number;
  readonly messageId?: string;
  /** SHA-256 of the message as it goes out; the same bytes on every try. */
  readonly messageDigest?: string;
  /** The other side's last answer, or why there is none. */
  readonly reply?: string;
  readonly code?: number;
  readonly plannedAtMs: number;
  readonly changedAtMs: number;
  readonly sentAtMs?: number;
}

/** One change of a delivery; they are only ever added. */
export interface DeliveryEvent {
  /** Counts up over all deliveries. */
  readonly ref: number;
  readonly delivery: string;
  readonly atMs: number;
  readonly state: DeliveryState;
  /** The worker, or the person who decided. */
  readonly by?: string;
  readonly code?: number;
  readonly detail?: string;
}

/** The right to hand over one delivery; worth nothing once somebody else has a newer one. */
export interface Claim {
  readonly delivery: string;
  readonly worker: string;
  /** Fencing token: counts up with every claim of this delivery. */
  readonly token: number;
}

/** How handing over ended. `code` is the other side's own, e.g. 450 of SMTP. */
export type Handed =
  | { readonly kind: 'sent'; readonly reply: string; readonly code?: number }
  | { readonly kind: 'refused'; readonly reply: string; readonly code?: number }
  | {
      readonly kind: 'deferred';
      readonly reply: string;
      readonly code?: number;
      /** When the other side said to come back. */
      readonly retryAfterMs?: number;
    }
  /** It was handed over, and no answer says whether it was taken. */
  | { readonly kind: 'ambiguous'; readonly reason: string };

/** What a channel that can look finds of a message that is ambiguous. */
export interface LookedUp {
  /** `unsent`: it did not arrive, and may be tried again. */
  readonly kind: 'sent' | 'unsent';
  /** Where it stands, or how that is known. */
  readonly reply: string;
}

/** Of a short word that is no delivery, a notice or an alarm: why it may not have been heard. */
export interface Unheard {
  readonly problem: string;
  /** It was handed over and no answer came: said again at once, it might be heard twice. */
  readonly inDoubt: boolean;
}

/** A person's word on a delivery. */
export interface Resolution {
  readonly as: 'sent' | 'send-again' | 'give-up';
  readonly by: string;
  readonly note: string;
}

const RESOLVED: Readonly<Record<Resolution['as'], DeliveryState>> = {
  sent: 'sent',
  'send-again': 'waiting',
  'give-up': 'failed',
};

/** The state that a person's word makes; `undefined` where it makes no sense there. */
export function resolvedState(
  from: DeliveryState,
  as: Resolution['as'],
): DeliveryState | undefined {
  const to = RESOLVED[as];
  // A worker has it in hand right now: its answer comes first.
  if (from === 'claimed' || from === 'handing') return undefined;
  return mayBecome(from, to) ? to : undefined;
}

/** Pauses before the 1st, 2nd, … next try; the last one repeats. */
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

/** How often a delivery was put off before, and since when. */
export interface Deferrals {
  readonly count: number;
  readonly sinceMs?: number;
}

/**
 * When to try again; `undefined` once five days have passed since the first deferral. The first
 * pause is 30 s, the third 8 min, from the sixth on 4 h; the other side may ask for a longer one,
 * up to a day.
 */
export function nextTryAtMs(
  { count, sinceMs }: Deferrals,
  nowMs: number,
  retryAfterMs = 0,
): number | undefined {
  const ours = PAUSES_MS[Math.min(count, PAUSES_MS.length - 1)] ?? 4 * HOUR_MS;
  const atMs = nowMs + Math.max(ours, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
  return atMs > (sinceMs ?? nowMs) + GIVE_UP_AFTER_MS ? undefined : atMs;
}
