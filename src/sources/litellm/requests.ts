/** What LiteLLM's spend log says of each deployment: every request of one UTC day. */

import { counted } from '../../domain/counted.ts';
import { escalatedTurns, type Turn } from '../../domain/escalation.ts';
import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Reject } from '../../domain/reject.ts';
import { shortText } from '../../platform/json.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { faultOf } from '../../platform/wire.ts';
import type { Answered, Read } from '../api.ts';
import { bucketsBetween, deploymentOf, GatewayTally, unmatchedNote } from '../gatewayTally.ts';
import { REJECT_LIMIT, rejectOf, rejectWarnings } from '../records.ts';
import type { UsageTarget } from '../source.ts';
import { refuseOther } from './days.ts';
import { logTime, type SpendLog, spendLog } from './wire.ts';

/** What of a request tells whose it is. */
export const REQUEST_KEYS = [
  'model',
  'model_group',
  'model_id',
  'api_base',
  'custom_llm_provider',
  'team_id',
  'end_user',
] as const;

export interface LogWish {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  readonly day: Period;
  readonly lengthMs: number;
  readonly nowMs: number;
}

/**
 * The requests of a day by interval. A request that LiteLLM answered from its own cache never came
 * to the engine and is left out. Rows of the next day's first moment belong to that day.
 */
export function readLog(list: ListBody, wish: LogWish, { where }: Answered): Read {
  if (!Array.isArray(list.frame)) {
    const expected = 'a list of requests';
    throw new Failure('malformed', `${where} answered no list`, { where, expected });
  }
  const reading = new LogReading(wish);
  const rejects: Reject[] = [];
  let [position, rejected] = [0, 0];
  for (const item of list.items()) {
    const read = spendLog.safeParse(item);
    const fault = read.success ? reading.take(read.data, position) : faultOf(read.error);
    if (fault !== undefined) rejected += 1;
    if (fault !== undefined) reading.miss(item);
    if (fault !== undefined && rejected <= REJECT_LIMIT) {
      rejects.push(rejectOf(position, item, fault));
    }
    position += 1;
  }
  refuseOther(position - rejected, rejected, where);
  return { ...reading.end(), rejects, warnings: [...rejectWarnings(rejected), ...reading.notes()] };
}

type OwnTurn = Turn & { readonly bucketMs: number };

class LogReading {
  readonly #wish: LogWish;
  readonly #tally = new GatewayTally();
  readonly #turns: OwnTurn[] = [];
  readonly #unmatched = new Map<string, number>();
  readonly #providers = new Map<string, Set<string>>();
  readonly #ids = new Set<string>();
  #isTimeMissing = false;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #fromCache = 0;

  constructor(wish: LogWish) {
    this.#wish = wish;
  }

  /** What is wrong with the request, if anything is. */
  take(log: SpendLog, position: number): string | undefined {
    const { day, lengthMs, targets } = this.#wish;
    const { startTime: atMs } = log;
    // What begins with the next day is asked for and told there.
    if (atMs === day.endMs) return undefined;
    if (!this.#isAsked(atMs)) return 'a time that was not asked for';
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
    const deployment = deploymentOf(fields, targets);
    const bucketMs = Math.floor(atMs / lengthMs) * lengthMs;
    const { session_id: session } = log;
    if (session !== undefined) {
      const endMs = Math.max(atMs, log.endTime ?? atMs);
      const own = deployment === undefined ? {} : { deployment };
      this.#turns.push({ session, startMs: atMs, endMs, failed, bucketMs, ...own });
    }
    if (deployment === undefined) {
      const name = log.model ?? log.model_group ?? 'a model without a name';
      this.#unmatched.set(name, (this.#unmatched.get(name) ?? 0) + 1);
      return undefined;
    }
    if (!failed) this.#noteProvider(deployment, log.custom_llm_provider);
    const counts = { answered: failed ? 0 : 1, failed: failed ? 1 : 0 };
    this.#tally.add(bucketMs, { position, deployment, ...tokens, ...counts });
    return undefined;
  }

  /** A request that cannot be read: its interval is not known, and without a time none is. */
  miss(item: unknown): void {
    const { lengthMs } = this.#wish;
    const time = logTime.safeParse(item);
    if (time.success && this.#isAsked(time.data.startTime)) {
      this.#tally.leaveOut(Math.floor(time.data.startTime / lengthMs) * lengthMs);
    } else this.#isTimeMissing = true;
  }

  #isAsked(atMs: number): boolean {
    const { day } = this.#wish;
    return atMs >= day.startMs && atMs < day.endMs;
  }

  end(): Pick<Read, 'usage' | 'requestCounts'> {
    const { sourceId, lengthMs, nowMs, targets } = this.#wish;
    const told = { firstMs: this.#firstMs, lastMs: this.#lastMs };
    const deployments = targets.map(({ deployment }) => deployment);
    if (told.firstMs <= told.lastMs) this.#tally.fill(deployments, bucketsBetween(told, lengthMs));
    for (const { deployment, bucketMs } of escalatedTurns(this.#turns)) {
      if (deployment !== undefined) this.#tally.escalate(deployment, bucketMs);
    }
    if (this.#isTimeMissing) return {};
    const areSessionsTold = this.#turns.length > 0;
    return this.#tally.facts({ sourceId, lengthMs, nowMs, areSessionsTold });
  }

  notes(): string[] {
    const cached = counted(this.#fromCache, 'request');
    const mixed = [...this.#providers].filter(([, names]) => names.size > 1);
    return [
      ...(this.#isTimeMissing ? [UNTIMED] : []),
      ...unmatchedNote(this.#unmatched),
      ...(this.#fromCache === 0 ? [] : [`${cached} answered from LiteLLM's cache, not counted`]),
      ...mixed.map(
        ([deployment, names]) =>
          `${deployment} matches requests of several providers ` +
          `(${[...names].toSorted().join(', ')}); match by model or api_base too, ` +
          'or hosted answers count as served here',
      ),
    ];
  }

  #noteProvider(deployment: string, provider: string | undefined): void {
    if (provider === undefined) return;
    const names = this.#providers.get(deployment) ?? new Set();
    this.#providers.set(deployment, names.add(shortText(provider, 40)));
  }
}

const UNTIMED = 'requests whose time cannot be read: nothing of their day was taken';

const NO_TOKENS = { prompt: 0, output: 0 };

/** Tokens of an answered request, or what is wrong with them. */
function tokensOf({ prompt_tokens: prompt, completion_tokens: output, metadata }: SpendLog) {
  if (prompt === undefined || output === undefined) return 'its tokens are not told';
  const { usage_object: usage, additional_usage_values: values } = metadata ?? {};
  const cached =
    usage?.prompt_tokens_details?.cached_tokens ??
    usage?.cache_read_input_tokens ??
    values?.prompt_tokens_details?.cached_tokens ??
    values?.cache_read_input_tokens;
  if (cached === undefined) return { prompt, output };
  if (cached <= prompt) return { prompt, cached, output };
  return `${cached} cached tokens of a prompt of ${prompt}`;
}
