/** Which requests of ours a hosted API answered again, by the session or trace they share. */

import { MINUTE_MS } from './period.ts';

/** One call to a model, as a gateway logged it. */
export interface Turn {
  /** Session or trace; only turns that share one can be told to be the same request. */
  readonly session: string;
  /** Whose it was of ours; absent where a hosted API was asked. */
  readonly deployment?: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** A hosted answer that begins later than this after ours has ended is another request. */
const ESCALATION_MS = 10 * MINUTE_MS;

/**
 * Tells of each hosted answer, in the order in which calls began, which turn of ours it answers
 * again: the newest before it in its session that ended at most ten minutes earlier and has no
 * hosted answer yet. *Ours at 10:00:00, hosted at 10:00:07: escalated; hosted at 10:20: another
 * request.*
 */
export class EscalationWatch<T extends Turn> {
  readonly #open = new Map<string, T[]>();
  #nextPruning = MOST_SESSIONS;

  /** The turn of ours that this one escalates, if it does. */
  see(turn: T): T | undefined {
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

  /** A log may name a million sessions: those that are over for long are forgotten. */
  #prune(nowMs: number): void {
    if (this.#open.size < this.#nextPruning) return;
    for (const [session, turns] of this.#open) {
      if (turns.every(({ endMs }) => nowMs - endMs > ESCALATION_MS)) this.#open.delete(session);
    }
    this.#nextPruning = Math.max(MOST_SESSIONS, 2 * this.#open.size);
  }
}

const MOST_SESSIONS = 10_000;

/** All turns of ours that a hosted API answered again, in whatever order the turns come. */
export function escalatedTurns<T extends Turn>(turns: readonly T[]): T[] {
  // At the same moment ours comes first: a fallback begins when ours has failed.
  const rank = ({ deployment }: T) => (deployment === undefined ? 1 : 0);
  const watch = new EscalationWatch<T>();
  return turns
    .toSorted((a, b) => a.startMs - b.startMs || rank(a) - rank(b))
    .flatMap((turn) => watch.see(turn) ?? []);
}
