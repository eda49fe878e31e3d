/** Tallies beside usage: the cost of hosted models, and requests that fallbacks sent elsewhere. */

import type { ModelCall } from '../../domain/escalation.ts';
import { add, decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { HostedUsage } from '../../domain/usage.ts';

/** One or more requests that a model answered. */
interface HostedSpend {
  readonly position: number;
  readonly dayMs: number;
  readonly model: string;
  readonly host?: string;
  readonly prompt: number;
  readonly cached?: number;
  readonly output: number;
  readonly answered: number;
  readonly usd?: string;
}

interface DaySum {
  readonly group: Pick<HostedSpend, 'position' | 'dayMs' | 'model' | 'host'>;
  prompt: number;
  cached: number;
  output: number;
  answered: number;
  /** Absent if one of the requests has no price. */
  usd: Exact | undefined;
}

/** The two kinds of fetches, which report the same facts. */
const KINDS = ['litellm.activity', 'litellm.requests'];

/** Sums by day, model and provider. */
export class SpendTally {
  readonly #sums = new Map<string, DaySum>();

  /**
   * Adds requests. LiteLLM writes a cost of 0 for models without a known price, so 0 means unknown.
   */
  add({ prompt, cached = 0, output, answered, usd, ...of }: HostedSpend): void {
    if (answered === 0) return;
    const key = JSON.stringify([of.dayMs, of.model, of.host]);
    const known = this.#sums.get(key) ?? { group: of, ...NOTHING };
    this.#sums.set(key, known);
    known.prompt += prompt;
    // Cached tokens above the prompt's size are invalid and ignored.
    known.cached += cached <= prompt ? cached : 0;
    known.output += output;
    known.answered += answered;
    const price = decimal(usd ?? '0');
    const isPriced = price.num > 0n || (prompt === 0 && output === 0);
    known.usd = isPriced && known.usd !== undefined ? add(known.usd, price) : undefined;
  }

  /** Facts of the days that have ended. As for usage, a cache of 0 means unknown. */
  facts(sourceId: string, window: Period, nowMs: number): HostedFacts {
    const hostedUsage = [...this.#sums.values()].flatMap((sum): Located<HostedUsage>[] => {
      const { group: of, prompt, cached, output, answered, usd } = sum;
      const period = { startMs: of.dayMs, endMs: of.dayMs + DAY_MS };
      if (usd === undefined || isZero(usd) || period.endMs > nowMs) return [];
      const fact: HostedUsage = {
        sourceId,
        model: of.model,
        ...(of.host === undefined ? {} : { host: of.host }),
        period,
        uncachedPromptTokens: prompt - cached,
        ...(cached === 0 ? {} : { cachedPromptTokens: cached }),
        outputTokens: output,
        requests: answered,
        usd: nanoFromUsd(usd),
        secondHand: true,
      };
      return [{ position: of.position, fact }];
    });
    if (hostedUsage.length === 0) return {};
    return { hostedUsage, hostedUsageFor: { window, kinds: KINDS } };
  }
}

type HostedFacts = Pick<Fetched, 'hostedUsage' | 'hostedUsageFor'>;

const NOTHING = { prompt: 0, cached: 0, output: 0, answered: 0, usd: ZERO };

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

interface SettledFallbacks {
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
