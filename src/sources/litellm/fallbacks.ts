/**
 * Counts requests that LiteLLM's fallbacks sent to another model group after the first one failed.
 */

import type { ModelCall } from '../../domain/escalation.ts';

/** A request in the log, and the interval in which it began. */
export interface LoggedRequestTurn extends ModelCall {
  readonly bucketMs: number;
}

/** The last row of a request that was sent to another model group. */
export interface Fallback {
  readonly position: number;
  /** The model group that was requested. */
  readonly group: string;
  /**
   * The request that was answered in the end. Its deployment is absent if a hosted API answered.
   */
  readonly turn: Omit<LoggedRequestTurn, 'session'> & { readonly session: string | undefined };
}

export interface SettledFallbacks {
  /** Attempts at self-hosted deployments that failed and have no row of their own. */
  readonly failures: readonly (Where & { readonly position: number })[];
  /** Failed attempts that a hosted API answered afterwards. */
  readonly escalations: readonly Where[];
  /**
   * Requests that LiteLLM does not mark as fallbacks. Their sessions show whether they were
   * escalated.
   */
  readonly turns: readonly LoggedRequestTurn[];
  /** Requests by model group, for groups whose deployment is unknown. */
  readonly unknown: ReadonlyMap<string, number>;
}

interface Where {
  readonly deployment: string;
  readonly bucketMs: number;
}

/**
 * LiteLLM logs one row for a request that was sent to another model group: the answer. The failed
 * attempt before it has no row and counts as a failed request of its deployment. Some versions do
 * log the attempt in the same session; then that row is the one that was answered again.
 * Example: self-hosted `llama-70b` fails and `gpt-5` answers. This is one failed self-hosted
 * request, escalated.
 */
export function settleFallbacks(
  fallbacks: readonly Fallback[],
  turns: readonly LoggedRequestTurn[],
  deploymentOf: (group: string) => string | undefined,
): SettledFallbacks {
  const failures: (Where & { position: number })[] = [];
  const escalations: Where[] = [];
  const unknown = new Map<string, number>();
  const used = new Set<LoggedRequestTurn>();
  const later: LoggedRequestTurn[] = [];
  const failedBySession = Map.groupBy(
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
    const own = failedBySession
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

function precedes(own: LoggedRequestTurn, answer: Pick<ModelCall, 'endMs'>): boolean {
  return own.startMs <= answer.endMs;
}
