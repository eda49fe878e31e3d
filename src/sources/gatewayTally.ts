/** Sums gateway requests into usage by deployment and interval. */

import { HOUR_MS, type Period } from '../domain/period.ts';
import type { Located } from '../domain/provenance.ts';
import type { UsageRow } from '../domain/usage.ts';
import type { RequestCount, UsagePart } from '../domain/usageFacts.ts';
import { decodePart } from './engines/attribution.ts';

/** What a gateway reports about one request, or about all requests of a bucket. */
export interface GatewayCounts {
  readonly position: number;
  readonly deployment: string;
  /** Prompt tokens, including cached ones. */
  readonly prompt: number;
  /** Absent if the gateway does not report it. */
  readonly cached?: number;
  readonly output: number;
  readonly answered: number;
  /** Absent if the gateway does not report it. */
  readonly failed?: number;
  /** The encoded tenant, team, adapter and kind of demand, from `partOf`. Absent if unknown. */
  readonly part?: string;
}

/** The share of a bucket that belongs to one tenant, team, adapter and kind of demand. */
interface Share {
  readonly position: number;
  prompt: number;
  /** NaN if an answered request of the share does not report its cached tokens. */
  cached: number;
  output: number;
  answered: number;
}

interface Bucket {
  position: number;
  prompt: number;
  cached: number;
  isCachedKnown: boolean;
  output: number;
  answered: number;
  failed: number;
  isFailedKnown: boolean;
  escalated: number;
  readonly shares: Map<string, Share>;
}

/** Sums requests. Each bucket becomes one usage row and one request count. */
export class GatewayTally {
  readonly #buckets = new Map<string, Map<number, Bucket>>();
  readonly #withCache = new Set<string>();
  readonly #incomplete = new Set<number>();

  /** `startMs` is the start of the bucket. */
  add(startMs: number, metered: GatewayCounts): void {
    const { deployment, prompt, cached, output, answered, failed } = metered;
    const bucket = this.#bucketOf(deployment, startMs, metered.position);
    bucket.prompt += prompt;
    bucket.output += output;
    bucket.answered += answered;
    if (cached !== undefined) {
      bucket.cached += cached;
      bucket.isCachedKnown = true;
    }
    if (cached !== undefined && cached > 0) this.#withCache.add(deployment);
    this.addShare(startMs, metered);
    if (failed === undefined) return;
    bucket.failed += failed;
    bucket.isFailedKnown = true;
  }

  /** Records which part some requests belong to. {@link add} counts the requests themselves. */
  addShare(startMs: number, { deployment, part, position, ...metered }: GatewayCounts): void {
    if (part === undefined || metered.answered === 0) return;
    const { shares } = this.#bucketOf(deployment, startMs, position);
    const share = shares.get(part) ?? { position, ...NOTHING };
    shares.set(part, share);
    share.prompt += metered.prompt;
    share.cached += metered.cached ?? Number.NaN;
    share.output += metered.output;
    share.answered += metered.answered;
  }

  /** Leaves out a bucket in which a request could not be read, since its sums would be too low. */
  excludeBucket(startMs: number): void {
    this.#incomplete.add(startMs);
  }

  escalate(deployment: string, startMs: number): void {
    this.#bucketOf(deployment, startMs, 0).escalated += 1;
  }

  /**
   * The facts of all buckets that have ended. Cached tokens of 0 count as unknown unless some
   * bucket of the deployment has cached tokens. Gateways write 0 for engines that do not report
   * their cache.
   */
  facts({ sourceId, lengthMs, nowMs, areSessionsTold = false }: FactOptions): GatewayFacts {
    const usage: Located<UsageRow>[] = [];
    const usageParts: Located<UsagePart>[] = [];
    const requestCounts: Located<RequestCount>[] = [];
    for (const [deployment, buckets] of this.#buckets) {
      const ended = [...buckets]
        .filter(([startMs]) => startMs + lengthMs <= nowMs && !this.#incomplete.has(startMs))
        .sort(([a], [b]) => a - b);
      const terms = { sourceId, deployment, lengthMs, isCached: this.#withCache.has(deployment) };
      usageParts.push(...partsOf(ended, terms).filter(({ fact }) => fact.period.endMs <= nowMs));
      for (const [startMs, bucket] of ended) {
        const period: Period = { startMs, endMs: startMs + lengthMs };
        const common = { sourceId, deployment, period };
        const { position, answered: requests, output: outputTokens, prompt, failed } = bucket;
        const isCached = this.#withCache.has(deployment) && bucket.isCachedKnown;
        const cached = isCached ? { cachedPromptTokens: bucket.cached } : {};
        const uncachedPromptTokens = prompt - (isCached ? bucket.cached : 0);
        const tokens = { uncachedPromptTokens, ...cached, outputTokens };
        usage.push({ position, fact: { ...common, ...tokens, requests } });
        const fact: RequestCount = {
          ...common,
          answered: requests,
          ...(bucket.isFailedKnown ? { failed } : {}),
          ...(areSessionsTold ? { escalated: bucket.escalated } : {}),
        };
        requestCounts.push({ position, fact });
      }
    }
    return { usage, ...(usageParts.length === 0 ? {} : { usageParts }), requestCounts };
  }

  /**
   * Adds empty buckets. The gateway reported on these buckets, so a deployment without requests had
   * none.
   */
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
  isCachedKnown: false,
  output: 0,
  answered: 0,
  failed: 0,
  isFailedKnown: false,
  escalated: 0,
};

interface PartTerms {
  readonly sourceId: string;
  readonly deployment: string;
  readonly lengthMs: number;
  /** Whether the deployment's cached tokens are known. */
  readonly isCached: boolean;
}

/** Parts are reported by whole hours: twelve buckets of five minutes are one part. */
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
    const isCacheKnown = isCached && !Number.isNaN(cached);
    const fact: UsagePart = {
      sourceId,
      deployment,
      period: { startMs, endMs: startMs + partMs },
      ...decodePart(name),
      uncachedPromptTokens: prompt - (isCacheKnown ? cached : 0),
      ...(isCacheKnown ? { cachedPromptTokens: cached } : {}),
      outputTokens: output,
      requests: answered,
    };
    return { position, fact };
  });
}

interface FactOptions {
  readonly sourceId: string;
  readonly lengthMs: number;
  readonly nowMs: number;
  /** Whether the gateway reports sessions or traces. Without them, escalations are unknown. */
  readonly areSessionsTold?: boolean;
}

export interface GatewayFacts {
  readonly usage: Located<UsageRow>[];
  /** Absent if no request has a tenant, team, adapter or kind of demand. */
  readonly usageParts?: Located<UsagePart>[];
  readonly requestCounts: Located<RequestCount>[];
}

/**
 * The starts of all buckets between the first and the last request that the gateway reported. An
 * empty bucket between them had no requests. Outside them nothing is known.
 */
export function* bucketsBetween(moments: RequestRange, lengthMs: number): Generator<number> {
  const { firstMs, lastMs } = moments;
  const firstStart = Math.floor(firstMs / lengthMs) * lengthMs;
  for (let startMs = firstStart; startMs <= lastMs; startMs += lengthMs) yield startMs;
}

export interface RequestRange {
  readonly firstMs: number;
  readonly lastMs: number;
}
