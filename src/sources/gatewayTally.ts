/** How requests that a gateway tells become usage, by deployment and interval. */

import { HOUR_MS, type Period } from '../domain/period.ts';
import type { Located } from '../domain/provenance.ts';
import type { UsageRow } from '../domain/usage.ts';
import type { RequestCount, UsagePart } from '../domain/usageFacts.ts';
import { partIn } from './engines/attribution.ts';

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
  /** Whose they are, as `partOf` says it; absent where the fields do not tell. */
  readonly part?: string;
}

/** What of a bucket one tenant, team, adapter and kind of demand had. */
interface Share {
  readonly position: number;
  prompt: number;
  /** Not a number where an answered request of it does not tell its cached tokens. */
  cached: number;
  output: number;
  answered: number;
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
  readonly shares: Map<string, Share>;
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
    this.addShare(startMs, metered);
    if (failed === undefined) return;
    bucket.failed += failed;
    bucket.isFailedTold = true;
  }

  /** Notes whose some requests are that {@link add} counts, where they tell it. */
  addShare(startMs: number, { deployment, part, position, ...metered }: Metered): void {
    if (part === undefined || metered.answered === 0) return;
    const { shares } = this.#bucketOf(deployment, startMs, position);
    const share = shares.get(part) ?? { position, ...NOTHING };
    shares.set(part, share);
    share.prompt += metered.prompt;
    share.cached += metered.cached ?? Number.NaN;
    share.output += metered.output;
    share.answered += metered.answered;
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
    const usageParts: Located<UsagePart>[] = [];
    const requestCounts: Located<RequestCount>[] = [];
    for (const [deployment, buckets] of this.#buckets) {
      const ended = [...buckets]
        .filter(([startMs]) => startMs + lengthMs <= nowMs && !this.#unread.has(startMs))
        .sort(([a], [b]) => a - b);
      const terms = { sourceId, deployment, lengthMs, isCached: this.#told.has(deployment) };
      usageParts.push(...partsOf(ended, terms).filter(({ fact }) => fact.period.endMs <= nowMs));
      for (const [startMs, bucket] of ended) {
        const period: Period = { startMs, endMs: startMs + lengthMs };
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
    return { usage, ...(usageParts.length === 0 ? {} : { usageParts }), requestCounts };
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
    const bucket = { ...NO_REQUESTS, position, shares: new Map<string, Share>() };
    buckets.set(startMs, bucket);
    return bucket;
  }
}

const NOTHING = { prompt: 0, cached: 0, output: 0, answered: 0 };

const NO_REQUESTS: Omit<Bucket, 'position' | 'shares'> = {
  prompt: 0,
  cached: 0,
  isCachedTold: false,
  output: 0,
  answered: 0,
  failed: 0,
  isFailedTold: false,
  escalated: 0,
};

interface PartTerms {
  readonly sourceId: string;
  readonly deployment: string;
  readonly lengthMs: number;
  /** Whether the deployment's cached tokens are known. */
  readonly isCached: boolean;
}

/** Parts are told by whole hours: twelve buckets of five minutes are one. */
function partsOf(
  buckets: readonly (readonly [number, Bucket])[],
  { sourceId, deployment, lengthMs, isCached }: PartTerms,
): Located<UsagePart>[] {
  const partMs = Math.max(lengthMs, HOUR_MS);
  const sums = new Map<string, { readonly startMs: number; readonly name: string } & Share>();
  for (const [atMs, { shares }] of buckets) {
    const startMs = Math.floor(atMs / partMs) * partMs;
    for (const [name, share] of shares) {
      const known = sums.get(`${startMs} ${name}`);
      if (known === undefined) sums.set(`${startMs} ${name}`, { startMs, name, ...share });
      else {
        known.prompt += share.prompt;
        known.cached += share.cached;
        known.output += share.output;
        known.answered += share.answered;
      }
    }
  }
  return [...sums.values()].map(({ position, startMs, name, prompt, cached, output, answered }) => {
    const isTold = isCached && !Number.isNaN(cached);
    const fact: UsagePart = {
      sourceId,
      deployment,
      period: { startMs, endMs: startMs + partMs },
      ...partIn(name),
      uncachedPromptTokens: prompt - (isTold ? cached : 0),
      ...(isTold ? { cachedPromptTokens: cached } : {}),
      outputTokens: output,
      requests: answered,
    };
    return { position, fact };
  });
}

interface Telling {
  readonly sourceId: string;
  readonly lengthMs: number;
  readonly nowMs: number;
  /** Whether sessions or traces are told, without which nothing is known of escalations. */
  readonly areSessionsTold?: boolean;
}

export interface Metering {
  readonly usage: Located<UsageRow>[];
  /** Absent where no request tells whose it is. */
  readonly usageParts?: Located<UsagePart>[];
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
