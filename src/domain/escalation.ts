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
 * The turns of ours that a hosted API answered after them: of each hosted answer the newest turn
 * before it in its session that began no later, ended at most ten minutes earlier and has no hosted
 * answer yet. *Ours at 10:00:00, hosted at 10:00:07: escalated; hosted at 10:20: another request.*
 */
export function escalatedTurns<T extends Turn>(turns: readonly T[]): T[] {
  const sessions = new Map<string, T[]>();
  for (const turn of turns) {
    const known = sessions.get(turn.session);
    if (known === undefined) sessions.set(turn.session, [turn]);
    else known.push(turn);
  }
  return [...sessions.values()].flatMap((all) => (all.length > 1 ? escalatedIn(all) : []));
}

function escalatedIn<T extends Turn>(turns: readonly T[]): T[] {
  // At the same moment ours comes first: a fallback begins when ours has failed.
  const rank = ({ deployment }: T) => (deployment === undefined ? 1 : 0);
  const inOrder = turns.toSorted((a, b) => a.startMs - b.startMs || rank(a) - rank(b));
  const open: T[] = [];
  const escalated: T[] = [];
  for (const turn of inOrder) {
    if (turn.deployment !== undefined) open.push(turn);
    else if (!turn.failed) {
      const at = open.findLastIndex(({ endMs }) => turn.startMs - endMs <= ESCALATION_MS);
      if (at >= 0) escalated.push(...open.splice(at, 1));
    }
  }
  return escalated;
}
