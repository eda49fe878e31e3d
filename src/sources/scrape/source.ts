/** Scrapes the metrics of every replica directly, once per pull. */

import { Failure } from '../../domain/failure.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { type EngineMetrics, metricNames, toEngineMetrics } from '../engines/engine.ts';
import { GPU_FIELDS } from '../engines/gpuActivity.ts';
import { latencyNames } from '../engines/latency.ts';
import { catchFailure, unsentFetch } from '../fetchRecord.ts';
import {
  type PullRequest,
  requestsFact,
  type SourceContext,
  type StoredAnswer,
  type UsageTarget,
} from '../source.ts';
import {
  readScrapes,
  type ReplicaScrape,
  toRoundBody,
  toSeries,
  withPreviousScrape,
} from './history.ts';
import { DISCOVERY_METHODS, REREAD_RULE, SAMPLES_KIND, type ScrapeOptions } from './options.ts';
import { runConcurrently, scrapeReplica, toCredentials } from './scrapeReplica.ts';
import { findScrapeTargets, parseTargetLabels, type ScrapeTarget } from './discovery.ts';
import {
  computeScrapedUsage,
  HORIZON_MS,
  type ScrapedDeployment,
  type ScrapedFacts,
} from './scrapedUsage.ts';
import type { DetectedEngine } from '../../domain/engine.ts';
import { recognizeEngines, TOKEN_COUNTER_NAMES } from '../engines/recognizeEngines.ts';

/** There are many buckets, and hourly percentiles need no finer steps. */
const BUCKET_INTERVAL_MS = 5 * MINUTE_MS;

/** If discovery fails, replicas that answered within this time are scraped. */
const RECENT_MS = 5 * MINUTE_MS;

/**
 * One answer per replica. The first good one carries the usage of intervals that are over. If a
 * replica does not answer, there is a gap: the time is not seen. Its next answer reports what was
 * served meanwhile, if there is one.
 */
export async function* pull(
  setting: SourceContext<ScrapeOptions>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  if (!requestsFact(request, 'usage')) return;
  const { answers = [], telemetry = [] } = request;
  const { usage, faults } = readTargets(request.usage);
  for (const failure of faults) yield toFailedFetch(setting, { kind: 'scrape.usage' }, failure);
  if (usage.length + telemetry.length === 0) return;
  const credentials = catchFailure(() => toCredentials(setting.options));
  if (credentials instanceof Failure) {
    yield toFailedFetch(setting, { kind: SAMPLES_KIND }, credentials);
    return;
  }
  const found = await discover(setting);
  if (found instanceof Failure) yield toFailedFetch(setting, { kind: 'scrape.discovery' }, found);
  const targets = found instanceof Failure ? recentTargets(answers) : found;
  const engines = usage.map(({ engine }) => engine);
  const gpuNames = telemetry.length === 0 ? [] : GPU_FIELDS;
  const names = new Set([...engines.flatMap(metricNames), ...gpuNames]);
  const all = new Set([...names, ...engines.flatMap(bucketNames)]);
  const earlier = readScrapes(answers, all);
  const scraped = await runConcurrently(targets, (target) =>
    scrapeReplica(setting, target, {
      engines,
      names: hasBuckets(target, earlier, setting.tools.clock.nowMs()) ? names : all,
      credentials,
    }),
  );
  const good: Fetched[] = [];
  const scrapes: ReplicaScrape[] = [];
  for (const { fetched, scrape } of scraped) {
    if (scrape === undefined) yield fetched;
    else {
      good.push(fetched);
      scrapes.push(withPreviousScrape(scrape, earlier));
    }
  }
  const answered = new Set(scrapes.map(({ url }) => url));
  const usageFacts = computeScrapedUsage({
    sourceId: setting.id,
    usage,
    telemetry,
    intervalMs: setting.options.interval * SECOND_MS,
    nowMs: setting.tools.clock.nowMs(),
    earlier,
    completeFromMs: completeFromMs(answers),
    scrapes,
    silent: new Set(targets.map(({ url }) => url).filter((url) => !answered.has(url))),
  });
  for (const { failure, url } of usageFacts.failures) {
    yield toFailedFetch(setting, { kind: 'scrape.usage', url }, failure);
  }
  if (good.length > 0) yield* withFacts(withBody(good, scrapes), usageFacts, scrapes);
  else if (hasFacts(usageFacts)) yield* withFacts([emptyAnswer(setting)], usageFacts, scrapes);
  else if (!(found instanceof Failure) && found.length === 0) yield noReplica(setting);
}

/** Adds the stored samples of the round to each answer. The ledger stores the body once. */
function withBody(good: readonly Fetched[], scrapes: readonly ReplicaScrape[]): Fetched[] {
  const body = toRoundBody(scrapes);
  return good.map((fetched) => ({ ...fetched, fetch: { ...fetched.fetch, body } }));
}

/**
 * Adds the facts to the first answer. Samples and facts of a round are therefore stored together.
 */
function withFacts(
  good: readonly Fetched[],
  { rows, parts, latency, gpuActivity, warnings }: ScrapedFacts,
  scrapes: readonly ReplicaScrape[],
): Fetched[] {
  return good.map((fetched, index) => {
    if (index > 0) return fetched;
    return {
      ...fetched,
      usage: located(rows),
      ...(parts.length === 0 ? {} : { usageParts: located(parts) }),
      ...(latency.length === 0 ? {} : { latency: located(latency) }),
      ...(gpuActivity.length === 0 ? {} : { gpuActivity: located(gpuActivity) }),
      remarks: [{ code: 'replicas-scraped', replicas: scrapes.length }],
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  });
}

function bucketNames(engine: EngineMetrics): string[] {
  const spellings = new Set(engine.record.families.flatMap((family) => family.spellings));
  return [...latencyNames(engine, spellings).keys()];
}

/** Whether the replica was already scraped in the current five minutes. */
function hasBuckets(
  { url }: ScrapeTarget,
  earlier: readonly ReplicaScrape[],
  nowMs: number,
): boolean {
  const sinceMs = Math.floor(nowMs / BUCKET_INTERVAL_MS) * BUCKET_INTERVAL_MS;
  return (earlier.findLast((one) => one.url === url)?.atMs ?? 0) >= sinceMs;
}

function readTargets(all: readonly UsageTarget[]) {
  const usage: ScrapedDeployment[] = [];
  const faults: Failure[] = [];
  for (const target of all) {
    const engine = catchFailure(() => toEngineMetrics(target));
    if (engine instanceof Failure) faults.push(engine);
    else usage.push({ target, engine });
  }
  return { usage, faults };
}

async function discover(setting: SourceContext<ScrapeOptions>): Promise<ScrapeTarget[] | Failure> {
  try {
    return await findScrapeTargets(setting);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function recentTargets(answers: readonly StoredAnswer[]): ScrapeTarget[] {
  const answered = answers.filter(({ body }) => body.byteLength > 0);
  const sinceMs = (answered.at(-1)?.atMs ?? 0) - RECENT_MS;
  const urls = new Set(answered.filter(({ atMs }) => atMs >= sinceMs).map(({ url }) => url));
  return [...urls].sort().map((url) => ({ url, labels: parseTargetLabels(url) }));
}

/**
 * The time from which the answers are complete. Earlier ones may be left out, and an interval's
 * start needs a horizon of samples.
 */
function completeFromMs(answers: readonly StoredAnswer[]): number {
  const { forMs } = REREAD_RULE;
  const newestMs = answers.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  const oldestMs = answers[0]?.atMs ?? Number.NEGATIVE_INFINITY;
  const isTruncated = oldestMs < newestMs - forMs + 2 * MINUTE_MS;
  return isTruncated ? newestMs - forMs + HORIZON_MS : Number.NEGATIVE_INFINITY;
}

function toFailedFetch(
  { id, options, tools }: SourceContext<ScrapeOptions>,
  { kind, url = discoveryAddress(options) }: { readonly kind: string; readonly url?: string },
  failure: Failure,
): Fetched {
  const nowMs = tools.clock.nowMs();
  return unsentFetch({ sourceId: id, kind }, { url, nowMs }, failure);
}

function hasFacts({ rows, parts, latency, gpuActivity }: ScrapedFacts): boolean {
  return rows.length + parts.length + latency.length + gpuActivity.length > 0;
}

/**
 * An answer without samples that carries facts if no replica answers any more. It is stored, so
 * that the next round knows which facts were stored.
 */
function emptyAnswer({ id, options, tools }: SourceContext<ScrapeOptions>): Fetched {
  const nowMs = tools.clock.nowMs();
  const times = { startedAtMs: nowMs, endedAtMs: nowMs };
  const body = new Uint8Array();
  return {
    fetch: { sourceId: id, kind: SAMPLES_KIND, url: discoveryAddress(options), ...times, body },
  };
}

function noReplica({ id, options, tools }: SourceContext<ScrapeOptions>): Fetched {
  const nowMs = tools.clock.nowMs();
  const times = { startedAtMs: nowMs, endedAtMs: nowMs };
  return {
    fetch: { sourceId: id, kind: 'scrape.discovery', url: discoveryAddress(options), ...times },
    warnings: [
      {
        code: 'no-replica-found',
        by: DISCOVERY_METHODS.find((way) => options[way] !== undefined) ?? '',
      },
    ],
  };
}

function located<T>(facts: readonly T[]): Located<T>[] {
  return facts.map((fact, position) => ({ position, fact }));
}

/** The address at which replicas are discovered. */
function discoveryAddress({ targets = [], dns, kubernetes, runpod }: ScrapeOptions): string {
  if (dns !== undefined) return `dns:${dns.name}`;
  return kubernetes?.apiServer ?? runpod?.baseUrl ?? targets[0] ?? DISCOVERY_METHODS[0];
}

/**
 * Scrapes each replica once, now, whatever the window. A replica that does not answer is skipped.
 * @throws {Failure} if replicas cannot be found, or the first failure if none of them answers.
 */
export async function seen(setting: SourceContext<ScrapeOptions>): Promise<DetectedEngine[]> {
  const wanted = {
    engines: [],
    names: new Set(TOKEN_COUNTER_NAMES),
    credentials: toCredentials(setting.options),
  };
  const targets = await findScrapeTargets(setting);
  const results = await runConcurrently(targets, (target) =>
    scrapeReplica(setting, target, wanted),
  );
  const pages = results.flatMap(({ scrape }) => scrape ?? []);
  const failure = results.find((result) => result.failure !== undefined)?.failure;
  if (pages.length === 0 && failure !== undefined) throw failure;
  return recognizeEngines(
    toSeries(pages).map(({ labels: { __name__: name = '', ...labels } }) => ({ name, labels })),
  );
}
