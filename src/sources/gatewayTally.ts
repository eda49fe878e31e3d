/** How requests that a gateway tells become usage, by deployment and interval. */

import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';
import { matchesGlob } from '../domain/glob.ts';
import type { Period } from '../domain/period.ts';
import type { Located } from '../domain/provenance.ts';
import type { UsageRow } from '../domain/usage.ts';
import type { RequestCount } from '../domain/usageFacts.ts';
import type { UsageTarget } from './source.ts';

/** What a gateway says of some requests: one of them, or all of a bucket. */
export interface Metered {
  readonly position: number;
  readonly deployment: string;
  /** Prompt tokens, cached ones included. */
  readonly prompt: number;
  /** Absent where it is not told. */
  readonly cached?: number;
  readonly output: number;
  readonly answered: number;
  /** Absent where it is not told. */
  readonly failed?: number;
}

interface Bucket {
  position: number;
  prompt: number;
  cached: number;
  isCachedTold: boolean;
  output: number;
  answered: number;
  failed: number;
  isFailedTold: boolean;
  escalated: number;
}

/**
 * The deployment that these fields belong to; `undefined` where none asks for them. A field that is
 * not told fits no pattern.
 * @throws {Failure} `config` where two deployments ask for them: they would count twice.
 */
export function deploymentOf(
  fields: Readonly<Record<string, string | undefined>>,
  targets: readonly UsageTarget[],
): string | undefined {
  const [first, second] = targets.filter(({ match }) =>
    Object.entries(match).every(([name, pattern]) => {
      const value = fields[name];
      return value !== undefined && matchesGlob(pattern, value);
    }),
  );
  if (first === undefined || second === undefined) return first?.deployment;
  const both = `"${first.deployment}" and "${second.deployment}"`;
  throw new Failure('config', `the same requests match ${both}`, {
    where: `deployments.${second.deployment}`,
    expected: 'a match that fits one deployment only',
    hint: 'name the model or its address more exactly in match; nothing was counted twice',
  });
}

/**
 * Refuses a match that the gateway's answers cannot be held to.
 * @throws {Failure} `config` for one without keys, or with keys that are not told.
 */
export function requireMatch(targets: readonly UsageTarget[], known: readonly string[]): void {
  for (const { deployment, match } of targets) {
    const names = Object.keys(match);
    const unknown = names.find((name) => !known.includes(name));
    if (names.length > 0 && unknown === undefined) continue;
    const what = unknown === undefined ? 'has no match' : `matches by "${unknown}"`;
    throw new Failure('config', `${deployment} ${what}, so its requests cannot be told apart`, {
      where: `deployments.${deployment}`,
      expected: `match with ${known.join(', ')}`,
      hint: 'write under match which requests of the gateway this deployment serves',
    });
  }
}

/** Adds up requests; each bucket becomes one row of usage and one count of requests. */
export class GatewayTally {
  readonly #buckets = new Map<string, Map<number, Bucket>>();
  readonly #told = new Set<string>();
  readonly #unread = new Set<number>();

  /** `startMs` is the beginning of the bucket. */
  add(startMs: number, metered: Metered): void {
    const { deployment, prompt, cached, output, answered, failed } = metered;
    const bucket = this.#bucketOf(deployment, startMs, metered.position);
    bucket.prompt += prompt;
    bucket.output += output;
    bucket.answered += answered;
    if (cached !== undefined) {
      bucket.cached += cached;
      bucket.isCachedTold = true;
    }
    if (cached !== undefined && cached > 0) this.#told.add(deployment);
    if (failed === undefined) return;
    bucket.failed += failed;
    bucket.isFailedTold = true;
  }

  /** Something of this bucket could not be read: what is known of it would be too little. */
  leaveOut(startMs: number): void {
    this.#unread.add(startMs);
  }

  escalate(deployment: string, startMs: number): void {
    this.#bucketOf(deployment, startMs, 0).escalated += 1;
  }

  /**
   * The facts of all buckets that have ended. Cached tokens of 0 are unknown unless some bucket of
   * the deployment has any: gateways write 0 for engines that do not tell their cache.
   */
  facts({ sourceId, lengthMs, nowMs, areSessionsTold = false }: Telling): Metering {
    const usage: Located<UsageRow>[] = [];
    const requestCounts: Located<RequestCount>[] = [];
    for (const [deployment, buckets] of this.#buckets) {
      for (const [startMs, bucket] of [...buckets].sort(([a], [b]) => a - b)) {
        const period: Period = { startMs, endMs: startMs + lengthMs };
        if (period.endMs > nowMs || this.#unread.has(startMs)) continue;
        const of = { sourceId, deployment, period };
        const { position, answered: requests, output: outputTokens, prompt, failed } = bucket;
        const isCached = this.#told.has(deployment) && bucket.isCachedTold;
        const cached = isCached ? { cachedPromptTokens: bucket.cached } : {};
        const uncachedPromptTokens = prompt - (isCached ? bucket.cached : 0);
        const tokens = { uncachedPromptTokens, ...cached, outputTokens };
        usage.push({ position, fact: { ...of, ...tokens, requests } });
        const fact: RequestCount = {
          ...of,
          answered: requests,
          ...(bucket.isFailedTold ? { failed } : {}),
          ...(areSessionsTold ? { escalated: bucket.escalated } : {}),
        };
        requestCounts.push({ position, fact });
      }
    }
    return { usage, requestCounts };
  }

  /** Buckets of which the gateway told something: no request of a deployment is none. */
  fill(deployments: Iterable<string>, starts: Iterable<number>): void {
    for (const deployment of deployments) {
      for (const startMs of starts) this.#bucketOf(deployment, startMs, 0);
    }
  }

  #bucketOf(deployment: string, startMs: number, position: number): Bucket {
    const buckets = this.#buckets.get(deployment) ?? new Map<number, Bucket>();
    this.#buckets.set(deployment, buckets);
    const known = buckets.get(startMs);
    if (known !== undefined) return known;
    const bucket = { ...NO_REQUESTS, position };
    buckets.set(startMs, bucket);
    return bucket;
  }
}

const NO_REQUESTS: Omit<Bucket, 'position'> = {
  prompt: 0,
  cached: 0,
  isCachedTold: false,
  output: 0,
  answered: 0,
  failed: 0,
  isFailedTold: false,
  escalated: 0,
};

interface Telling {
  readonly sourceId: string;
  readonly lengthMs: number;
  readonly nowMs: number;
  /** Whether sessions or traces are told, without which nothing is known of escalations. */
  readonly areSessionsTold?: boolean;
}

export interface Metering {
  readonly usage: Located<UsageRow>[];
  readonly requestCounts: Located<RequestCount>[];
}

/**
 * The beginnings of all buckets between the first and the last moment at which the gateway told of
 * any request: in them, no request is none, and outside nothing is known.
 */
export function* bucketsBetween(moments: Told, lengthMs: number): Generator<number> {
  const { firstMs, lastMs } = moments;
  const firstStart = Math.floor(firstMs / lengthMs) * lengthMs;
  for (let startMs = firstStart; startMs <= lastMs; startMs += lengthMs) yield startMs;
}

export interface Told {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** How the requests that belong to nobody are told, with the names by which they could. */
export function unmatchedNote(names: ReadonlyMap<string, number>): string[] {
  if (names.size === 0) return [];
  const most = [...names].sort(([, a], [, b]) => b - a);
  const told = most
    .slice(0, 3)
    .map(([name, requests]) => `${name} (${counted(requests, 'request')})`);
  const more = names.size > 3 ? ` and ${counted(names.size - 3, 'other model')}` : '';
  return [`models that no deployment matches: ${told.join(', ')}${more}`];
}
