/** Requests that LiteLLM itself sent on to another model group, after the first one failed. */

import type { Turn } from '../../domain/escalation.ts';

/** A request in the log, and the interval that it began in. */
export interface LoggedTurn extends Turn {
  readonly bucketMs: number;
}

/** The last row of a request that was sent on. */
export interface Fallback {
  readonly position: number;
  /** The model group that was asked for. */
  readonly group: string;
  /** Who answered at last; its deployment is absent where that is a hosted API. */
  readonly turn: Omit<LoggedTurn, 'session'> & { readonly session: string | undefined };
}

export interface Settled {
  /** Attempts at our deployments that failed and have no row of their own. */
  readonly failures: readonly (Where & { readonly position: number })[];
  /** Those that a hosted API answered then. */
  readonly escalations: readonly Where[];
  /** Turns of which LiteLLM does not say so; whether they are escalations, their sessions tell. */
  readonly turns: readonly LoggedTurn[];
  /** Requests by model group, where it is not known which deployment serves it. */
  readonly unknown: ReadonlyMap<string, number>;
}

interface Where {
  readonly deployment: string;
  readonly bucketMs: number;
}

/**
 * LiteLLM writes one row of a request that was sent on, that of the answer: the attempt that failed
 * before has none, and counts as a failed request of the deployment. Where a version does write
 * one, in the same session, it is that row that was answered again.
 * *`llama-70b` of ours fails, `gpt-5` answers: one failed request of ours, escalated.*
 */
export function settleFallbacks(
  fallbacks: readonly Fallback[],
  turns: readonly LoggedTurn[],
  deploymentOf: (group: string) => string | undefined,
): Settled {
  const failures: (Where & { position: number })[] = [];
  const escalations: Where[] = [];
  const unknown = new Map<string, number>();
  const used = new Set<LoggedTurn>();
  const later: LoggedTurn[] = [];
  const failed = Map.groupBy(
    fallbacks.length === 0 ? [] : turns.filter((turn) => turn.failed),
    ({ session }) => session,
  );
  for (const { position, group, turn } of fallbacks) {
    const { session, bucketMs, ...answer } = turn;
    const deployment = deploymentOf(group);
    const isHosted = answer.deployment === undefined;
    if (deployment === undefined) {
      unknown.set(group, (unknown.get(group) ?? 0) + 1);
      if (isHosted && session !== undefined) later.push({ ...turn, session });
      continue;
    }
    if (deployment === answer.deployment) continue;
    const own = failed
      .get(session ?? '')
      ?.find((one) => one.deployment === deployment && !used.has(one) && precedes(one, answer));
    if (own === undefined) failures.push({ position, deployment, bucketMs });
    else used.add(own);
    if (isHosted && !answer.failed) {
      escalations.push({ deployment, bucketMs: own?.bucketMs ?? bucketMs });
    }
  }
  const rest = used.size === 0 ? turns : turns.filter((turn) => !used.has(turn));
  return { failures, escalations, turns: [...rest, ...later], unknown };
}

function precedes(own: LoggedTurn, answer: Pick<Turn, 'endMs'>): boolean {
  return own.startMs <= answer.endMs;
}
