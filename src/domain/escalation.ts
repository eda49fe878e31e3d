/**
 * Finds self-hosted requests that a hosted API answered again, by their shared session or trace.
 */

import { MINUTE_MS } from './period.ts';

/** One call to a model, as a gateway logged it. */
export interface ModelCall {
  /** Session or trace. Only calls that share one can be matched. */
  readonly session: string;
  /** The self-hosted deployment; absent for a call to a hosted API. */
  readonly deployment?: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** A hosted call that starts later than this after the self-hosted one ended is another request. */
const ESCALATION_MS = 10 * MINUTE_MS;

/**
 * Matches hosted calls with self-hosted calls, in order of start. A hosted call escalates the
 * newest earlier self-hosted call of its session that ended at most ten minutes before and has no
 * hosted answer yet. *Self-hosted at 10:00:00, hosted at 10:00:07: escalated; hosted at 10:20:
 * another request.*
 */
export class EscalationMatcher<T extends ModelCall> {
  readonly #open = new Map<string, T[]>();
  #nextPruning = MOST_SESSIONS;

  /** The self-hosted call that this call escalates, if any. */
  match(turn: T): T | undefined {
    const open = this.#open.get(turn.session) ?? [];
    if (turn.deployment !== undefined) {
      open.push(turn);
      this.#open.set(turn.session, open);
      this.#prune(turn.startMs);
      return undefined;
    }
    if (turn.failed) return undefined;
    const at = open.findLastIndex(({ endMs }) => turn.startMs - endMs <= ESCALATION_MS);
    return at < 0 ? undefined : open.splice(at, 1)[0];
  }

  /** A log may name a million sessions, so those that ended long ago are dropped. */
  #prune(nowMs: number): void {
    if (this.#open.size < this.#nextPruning) return;
    for (const [session, turns] of this.#open) {
      if (turns.every(({ endMs }) => nowMs - endMs > ESCALATION_MS)) this.#open.delete(session);
    }
    this.#nextPruning = Math.max(MOST_SESSIONS, 2 * this.#open.size);
  }
}

const MOST_SESSIONS = 10_000;

/** All self-hosted calls that a hosted API answered again; calls may come in any order. */
export function findEscalatedCalls<T extends ModelCall>(turns: readonly T[]): T[] {
  // At equal times the self-hosted call comes first: a fallback starts when it has failed.
  const rank = ({ deployment }: T) => (deployment === undefined ? 1 : 0);
  const watch = new EscalationMatcher<T>();
  return turns
    .toSorted((a, b) => a.startMs - b.startMs || rank(a) - rank(b))
    .flatMap((turn) => watch.match(turn) ?? []);
}
