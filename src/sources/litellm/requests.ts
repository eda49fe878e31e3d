/** Reads LiteLLM's spend log: every request of one UTC day, and the fallbacks between models. */

import { findEscalatedCalls, type ModelCall } from '../../domain/escalation.ts';
import { Failure } from '../../domain/failure.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { Period } from '../../domain/period.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { encodePart } from '../engines/attribution.ts';
import { findTarget, unmatchedNote } from '../gatewayMatch.ts';
import { bucketsBetween, GatewayTally } from '../gatewayTally.ts';
import { readRows, requireSomeRead } from '../records.ts';
import type { UsageTarget } from '../source.ts';
import {
  logLabels,
  logTime,
  logTokens,
  type SpendLog,
  spendLog,
  SpendTally,
  taggedLog,
} from './normalize.ts';
import { REQUEST_KEYS } from './options.ts';

export interface SpendLogOptions {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  readonly day: Period;
  readonly lengthMs: number;
  readonly nowMs: number;
  /** Whether tags are read. */
  readonly isTagged: boolean;
}

/**
 * The requests of a day by interval. Requests that LiteLLM answered from its own cache never
 * reached the engine and are left out. Rows of the first moment of the next day belong to that day.
 */
export function readSpendLog(list: JsonList, options: SpendLogOptions, where: string): AnswerFacts {
  if (!Array.isArray(list.frame)) {
    const expected = 'a list of requests';
    throw new Failure('malformed', `${where} did not return a list`, { where, expected });
  }
  const reading = new LogReading(options);
  const schema = options.isTagged ? taggedLog : spendLog;
  const { rejects, rejected, warnings } = readRows<never>(list.items(), (item, position) => {
    const read = schema.safeParse(item);
    const fault = read.success ? reading.take(read.data, position) : firstFaultText(read.error);
    if (fault !== undefined) reading.miss(item);
    return fault ?? [];
  });
  requireSomeRead(list.count - rejected, rejected, where);
  const { facts, notes } = reading.end();
  return { ...facts, rejects, warnings: [...warnings, ...notes] };
}

class LogReading {
  readonly #options: SpendLogOptions;
  readonly #tally = new GatewayTally();
  readonly #spend = new SpendTally();
  readonly #turns: LoggedCall[] = [];
  readonly #fallbacks: Fallback[] = [];
  readonly #groups = new Map<string, Set<string | undefined>>();
  readonly #unmatched = new Map<string, number>();
  readonly #providers = new Map<string, Set<string>>();
  readonly #ids = new Set<string>();
  #isComplete = true;
  #isTimeMissing = false;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #fromCache = 0;

  constructor(options: SpendLogOptions) {
    this.#options = options;
  }

  /** Takes one request, or returns what is wrong with it. */
  take(log: SpendLog, position: number): string | undefined {
    const { day, lengthMs, targets } = this.#options;
    const { startTime: atMs } = log;
    // Rows of the next day are read with that day.
    if (atMs === day.endMs) return undefined;
    if (!this.#isRequested(atMs)) return 'outside the requested period';
    if (log.request_id !== undefined && this.#ids.has(log.request_id)) return undefined;
    const failed = [log.status, log.metadata?.status].includes('failure');
    const tokens = failed ? NO_TOKENS : logTokens(log);
    if (typeof tokens === 'string') return tokens;
    if (log.request_id !== undefined) this.#ids.add(log.request_id);
    this.#firstMs = Math.min(this.#firstMs, atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    if (!failed && String(log.cache_hit).toLowerCase() === 'true') {
      this.#fromCache += 1;
      return undefined;
    }
    const fields = Object.fromEntries(REQUEST_KEYS.map((key) => [key, log[key]]));
    const target = findTarget(fields, targets);
    const bucketMs = Math.floor(atMs / lengthMs) * lengthMs;
    this.#addTurn(log, { position, bucketMs, failed, deployment: target?.deployment });
    const counts = { answered: failed ? 0 : 1, failed: failed ? 1 : 0 };
    if (target === undefined) {
      const model = log.model ?? log.model_group ?? 'a model without a name';
      this.#unmatched.set(model, (this.#unmatched.get(model) ?? 0) + 1);
      const { custom_llm_provider: host, spend: usd } = log;
      const hosted = { position, dayMs: day.startMs, model, host, usd };
      this.#spend.add({ ...hosted, ...tokens, answered: counts.answered });
      return undefined;
    }
    const { deployment } = target;
    if (!failed) this.#addProvider(deployment, log.custom_llm_provider);
    const name = encodePart(logLabels(log, target), target);
    const partField = name === undefined ? {} : { part: name };
    this.#tally.add(bucketMs, { position, deployment, ...tokens, ...counts, ...partField });
    return undefined;
  }

  /** Records the request as one of the calls that may answer the same user request. */
  #addTurn(log: SpendLog, { position, bucketMs, failed, deployment }: TurnContext): void {
    const { startTime: startMs, session_id: session, model_group: answering, metadata } = log;
    const { attempted_fallbacks: fallbacks, original_model_group: group } = metadata ?? {};
    const endMs = Math.max(startMs, log.endTime ?? startMs);
    const own = deployment === undefined ? {} : { deployment };
    const turn = { session, startMs, endMs, failed, bucketMs, ...own };
    const isFallback = (fallbacks ?? 0) > 0 && group !== undefined;
    if (isFallback) this.#fallbacks.push({ position, group, turn });
    if (answering !== undefined) {
      const known = this.#groups.get(answering) ?? new Set();
      this.#groups.set(answering, known.add(deployment));
    }
    const isHostedFallback = isFallback && deployment === undefined;
    if (session !== undefined && !isHostedFallback) this.#turns.push({ ...turn, session });
  }

  /**
   * The deployment that serves a model group, from the matches or from the group's requests in this
   * log.
   */
  #serving(group: string): string | undefined {
    const matching = this.#options.targets.flatMap(({ deployment, match }) => {
      const { model_group: pattern } = match;
      return pattern !== undefined && matchesGlob(pattern, group) ? [deployment] : [];
    });
    const all = new Set([...matching, ...(this.#groups.get(group) ?? [])]);
    const [only] = all;
    return all.size === 1 ? only : undefined;
  }

  /**
   * Records a request that cannot be read. Its interval is left out; without a time, the whole day
   * is.
   */
  miss(item: unknown): void {
    const { lengthMs } = this.#options;
    this.#isComplete = false;
    const time = logTime.safeParse(item);
    if (time.success && this.#isRequested(time.data.startTime)) {
      this.#tally.excludeBucket(Math.floor(time.data.startTime / lengthMs) * lengthMs);
    } else this.#isTimeMissing = true;
  }

  #isRequested(atMs: number): boolean {
    const { day } = this.#options;
    return atMs >= day.startMs && atMs < day.endMs;
  }

  /** What was read, once every request was taken. */
  end(): { readonly facts: AnswerFacts; readonly notes: readonly PullWarning[] } {
    const { sourceId, day, lengthMs, nowMs, targets } = this.#options;
    const range = { firstMs: this.#firstMs, lastMs: this.#lastMs };
    const deployments = targets.map(({ deployment }) => deployment);
    if (range.firstMs <= range.lastMs)
      this.#tally.fill(deployments, bucketsBetween(range, lengthMs));
    const settled = settleFallbacks(this.#fallbacks, this.#turns, (group) => this.#serving(group));
    for (const { bucketMs, ...failure } of settled.failures) {
      this.#tally.add(bucketMs, { ...failure, ...NO_TOKENS, answered: 0, failed: 1 });
    }
    const escalated = [...settled.escalations, ...findEscalatedCalls(settled.turns)];
    for (const { deployment, bucketMs } of escalated) {
      if (deployment !== undefined) this.#tally.escalate(deployment, bucketMs);
    }
    const notes = this.#notes(settled.unknown);
    if (this.#isTimeMissing) return { facts: {}, notes };
    const areSessionsTold = this.#fallbacks.length > 0 || this.#turns.length > 0;
    const usage = this.#tally.facts({ sourceId, lengthMs, nowMs, areSessionsTold });
    const hosted = this.#isComplete ? this.#spend.facts(sourceId, day, nowMs) : {};
    return { facts: { ...usage, ...hosted }, notes };
  }

  /** The warnings; `unknown` has the fallbacks from model groups whose deployment is unknown. */
  #notes(unknown: ReadonlyMap<string, number>): PullWarning[] {
    const notes: PullWarning[] = [];
    if (this.#isTimeMissing) notes.push({ code: 'response-not-used', unreadable: 'request-times' });
    notes.push(...unmatchedNote(this.#unmatched));
    for (const [group, fallbacks] of unknown) {
      notes.push({ code: 'fallbacks-unmatched', group: shortText(group, 60), fallbacks });
    }
    const requests = this.#fromCache;
    if (requests > 0)
      notes.push({ code: 'answered-from-cache', cache: "LiteLLM's cache", requests });
    for (const [deployment, names] of this.#providers) {
      const providers = [...names].toSorted();
      if (names.size > 1) notes.push({ code: 'several-providers-match', deployment, providers });
    }
    return notes;
  }

  #addProvider(deployment: string, provider: string | undefined): void {
    if (provider === undefined) return;
    const names = this.#providers.get(deployment) ?? new Set();
    this.#providers.set(deployment, names.add(shortText(provider, 40)));
  }
}

const NO_TOKENS = { prompt: 0, output: 0 };

interface TurnContext {
  readonly position: number;
  readonly bucketMs: number;
  readonly failed: boolean;
  readonly deployment: string | undefined;
}

/** A request in the log, and the interval in which it began. */
interface LoggedCall extends ModelCall {
  readonly bucketMs: number;
}

/** The last row of a request that was sent to another model group. */
interface Fallback {
  readonly position: number;
  /** The model group that was requested. */
  readonly group: string;
  /**
   * The request that was answered in the end. Its deployment is absent if a hosted API answered.
   */
  readonly turn: Omit<LoggedCall, 'session'> & { readonly session: string | undefined };
}

/**
 * LiteLLM logs one row for a request that was sent to another model group: the answer. The failed
 * attempt before it has no row and counts as a failed request of its deployment. Some versions do
 * log the attempt in the same session; then that row is the one that was answered again.
 * Example: self-hosted `llama-70b` fails and `gpt-5` answers. This is one failed self-hosted
 * request, escalated.
 */
function settleFallbacks(
  fallbacks: readonly Fallback[],
  turns: readonly LoggedCall[],
  deploymentOf: (group: string) => string | undefined,
) {
  /** Attempts at self-hosted deployments that failed and have no row of their own. */
  const failures: { position: number; deployment: string; bucketMs: number }[] = [];
  /** Failed attempts that a hosted API answered afterwards. */
  const escalations: { deployment: string; bucketMs: number }[] = [];
  /** Requests by model group, for groups whose deployment is unknown. */
  const unknown = new Map<string, number>();
  const used = new Set<LoggedCall>();
  /** Answers of hosted APIs for such groups. Their sessions show whether they were escalated. */
  const later: LoggedCall[] = [];
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
    const own = failedBySession.get(session ?? '')?.find((one) => {
      const isOwn = one.deployment === deployment && !used.has(one);
      return isOwn && one.startMs <= answer.endMs;
    });
    if (own === undefined) failures.push({ position, deployment, bucketMs });
    else used.add(own);
    if (isHosted && !answer.failed) {
      escalations.push({ deployment, bucketMs: own?.bucketMs ?? bucketMs });
    }
  }
  const rest = used.size === 0 ? turns : turns.filter((turn) => !used.has(turn));
  return { failures, escalations, turns: [...rest, ...later], unknown };
}
