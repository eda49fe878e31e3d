/** Reads LiteLLM's spend log: every request of one UTC day, by deployment. */

import { findEscalatedCalls } from '../../domain/escalation.ts';
import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import { matchesGlob } from '../../domain/glob.ts';
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
import { type Fallback, type LoggedRequestTurn, settleFallbacks, SpendTally } from './tallies.ts';
import { REQUEST_KEYS, TAG_PREFIX, TAGS_LABEL } from './options.ts';
import { logTime, type SpendLog, spendLog, taggedLog } from './wire.ts';

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
  const facts = reading.end();
  return { ...facts, rejects, warnings: [...warnings, ...reading.notes()] };
}

class LogReading {
  readonly #options: SpendLogOptions;
  readonly #tally = new GatewayTally();
  readonly #spend = new SpendTally();
  readonly #turns: LoggedRequestTurn[] = [];
  readonly #fallbacks: Fallback[] = [];
  readonly #groups = new Map<string, Set<string | undefined>>();
  readonly #unmatched = new Map<string, number>();
  readonly #providers = new Map<string, Set<string>>();
  readonly #ids = new Set<string>();
  /** Fallbacks from model groups whose deployment is unknown. */
  #unknown: ReadonlyMap<string, number> = new Map();
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
    const tokens = failed ? NO_TOKENS : tokensOf(log);
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
      const hostField = host === undefined ? {} : { host };
      const usdField = usd === undefined ? {} : { usd };
      const common = { position, dayMs: day.startMs, model, ...hostField, ...usdField };
      this.#spend.add({ ...common, ...tokens, answered: counts.answered });
      return undefined;
    }
    const { deployment } = target;
    if (!failed) this.#addProvider(deployment, log.custom_llm_provider);
    const name = encodePart(labelsOf(log, target), target);
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
    const matching = this.#options.targets
      .filter(({ match: { model_group: pattern } }) => {
        return pattern !== undefined && matchesGlob(pattern, group);
      })
      .map(({ deployment }) => deployment);
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

  end(): AnswerFacts {
    const { sourceId, day, lengthMs, nowMs, targets } = this.#options;
    const range = { firstMs: this.#firstMs, lastMs: this.#lastMs };
    const deployments = targets.map(({ deployment }) => deployment);
    if (range.firstMs <= range.lastMs)
      this.#tally.fill(deployments, bucketsBetween(range, lengthMs));
    const settled = settleFallbacks(this.#fallbacks, this.#turns, (group) => this.#serving(group));
    this.#unknown = settled.unknown;
    for (const { bucketMs, ...failure } of settled.failures) {
      this.#tally.add(bucketMs, { ...failure, ...NO_TOKENS, answered: 0, failed: 1 });
    }
    for (const { deployment, bucketMs } of [
      ...settled.escalations,
      ...findEscalatedCalls(settled.turns),
    ]) {
      if (deployment !== undefined) this.#tally.escalate(deployment, bucketMs);
    }
    if (this.#isTimeMissing) return {};
    const areSessionsTold = this.#fallbacks.length > 0 || this.#turns.length > 0;
    return {
      ...this.#tally.facts({ sourceId, lengthMs, nowMs, areSessionsTold }),
      ...(this.#isComplete ? this.#spend.facts(sourceId, day, nowMs) : {}),
    };
  }

  notes(): PullWarning[] {
    const mixed = [...this.#providers].filter(([, names]) => names.size > 1);
    return [
      ...(this.#isTimeMissing
        ? [{ code: 'response-not-used', unreadable: 'request-times' } as const]
        : []),
      ...unmatchedNote(this.#unmatched),
      ...[...this.#unknown].map(([group, fallbacks]) => {
        return { code: 'fallbacks-unmatched', group: shortText(group, 60), fallbacks } as const;
      }),
      ...(this.#fromCache === 0
        ? []
        : [{ code: 'answered-from-cache', cache: CACHE, requests: this.#fromCache } as const]),
      ...mixed.map(([deployment, names]) => {
        const providers = [...names].toSorted();
        return { code: 'several-providers-match', deployment, providers } as const;
      }),
    ];
  }

  #addProvider(deployment: string, provider: string | undefined): void {
    if (provider === undefined) return;
    const names = this.#providers.get(deployment) ?? new Set();
    this.#providers.set(deployment, names.add(shortText(provider, 40)));
  }
}

interface TurnContext {
  readonly position: number;
  readonly bucketMs: number;
  readonly failed: boolean;
  readonly deployment: string | undefined;
}

/** The labels by which the config may name a tenant, team, adapter or kind of demand. */
function labelsOf(log: SpendLog, { demand }: UsageTarget) {
  const { metadata, request_tags: tags = [] } = log;
  const kinds = typeof demand === 'object' ? demand.kinds : {};
  const labels: Record<string, string | undefined> = {
    team_id: log.team_id,
    team_alias: metadata?.user_api_key_team_alias,
    key_alias: metadata?.user_api_key_alias,
    user_id: log.user,
    organization_id: log.organization_id,
    end_user: log.end_user,
    model_group: log.model_group,
    // With several tags, the one that is a kind of demand counts. A name must be the only tag.
    [TAGS_LABEL]:
      tags.find((tag) => Object.hasOwn(kinds, tag)) ?? (tags.length === 1 ? tags[0] : ''),
  };
  for (const tag of tags) {
    const at = tag.indexOf(':');
    if (at > 0) labels[`${TAG_PREFIX}${tag.slice(0, at)}`] ??= tag.slice(at + 1).trim();
  }
  return labels;
}

const CACHE = "LiteLLM's cache";

const NO_TOKENS = { prompt: 0, output: 0 };

/** The tokens of an answered request, or what is wrong with them. */
function tokensOf({ prompt_tokens: prompt, completion_tokens: output, metadata }: SpendLog) {
  if (prompt === undefined || output === undefined) return 'it has no token counts';
  const { usage_object: usage, additional_usage_values: values } = metadata ?? {};
  const cached =
    usage?.prompt_tokens_details?.cached_tokens ??
    usage?.cache_read_input_tokens ??
    values?.prompt_tokens_details?.cached_tokens ??
    values?.cache_read_input_tokens;
  if (cached === undefined) return { prompt, output };
  if (cached <= prompt) return { prompt, cached, output };
  return `${cached} cached tokens for a prompt of ${prompt}`;
}
