/** Reads the metrics of every replica at the replica itself, once each time it is asked. */

import { counted } from '../../domain/counted.ts';
import { Failure } from '../../domain/failure.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { type Engine, engineOf, metricNames } from '../engines/engine.ts';
import { GPU_FIELDS } from '../engines/gpuActivity.ts';
import { latencyNames } from '../engines/latency.ts';
import { orFailure, unsentFetch } from '../fetchRecord.ts';
import type { EarlierAnswer, PullRequest, Setting, UsageTarget } from '../source.ts';
import { wants } from '../source.ts';
import { type Scrape, scrapesIn, withLast } from './history.ts';
import { keptRing } from './kept.ts';
import { REREADS, SAMPLES, type ScrapeOptions, WAYS } from './options.ts';
import { credentialsOf, inTurns, scrapeOf } from './scraping.ts';
import { labelsOf, type ScrapeTarget, targetsOf } from './targets.ts';
import { HORIZON_MS, type Told, usageTold, type Wished } from './told.ts';

export { seen } from './seen.ts';

/** Buckets are many, and percentiles of an hour need no finer steps. */
const BUCKETS_EVERY_MS = 5 * MINUTE_MS;

/** Where replicas cannot be found now, those that answered so lately are asked. */
const LATELY_MS = 5 * MINUTE_MS;

/**
 * One answer for each replica, and with the first good one the usage of intervals that are over.
 * What a replica does not answer is a gap: the time is not seen, and what was served meanwhile is
 * told by its next answer, or by none.
 */
export async function* pull(
  setting: Setting<ScrapeOptions>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  if (!wants(request, 'usage')) return;
  const { answers = [], telemetry = [] } = request;
  const { usage, faults } = wished(request.usage);
  for (const failure of faults) yield troubled(setting, { kind: 'scrape.usage' }, failure);
  if (usage.length + telemetry.length === 0) return;
  const credentials = orFailure(() => credentialsOf(setting.options));
  if (credentials instanceof Failure) {
    yield troubled(setting, { kind: SAMPLES }, credentials);
    return;
  }
  const found = await foundTargets(setting);
  if (found instanceof Failure) yield troubled(setting, { kind: 'scrape.discovery' }, found);
  const targets = found instanceof Failure ? lately(answers) : found;
  const engines = usage.map(({ engine }) => engine);
  const ofGpus = telemetry.length === 0 ? [] : GPU_FIELDS;
  const names = new Set([...engines.flatMap(metricNames), ...ofGpus]);
  const all = new Set([...names, ...engines.flatMap(bucketNames)]);
  const earlier = scrapesIn(answers, all);
  const scraped = await inTurns(targets, (target) =>
    scrapeOf(setting, target, {
      engines,
      names: hasBuckets(target, earlier, setting.tools.clock.nowMs()) ? names : all,
      credentials,
    }),
  );
  const good: Fetched[] = [];
  const scrapes: Scrape[] = [];
  for (const { fetched, scrape } of scraped) {
    if (scrape === undefined) yield fetched;
    else {
      good.push(fetched);
      scrapes.push(withLast(scrape, earlier));
    }
  }
  const answered = new Set(scrapes.map(({ url }) => url));
  const told = usageTold({
    sourceId: setting.id,
    usage,
    telemetry,
    intervalMs: setting.options.interval * SECOND_MS,
    nowMs: setting.tools.clock.nowMs(),
    earlier,
    wholeFromMs: wholeFromOf(answers),
    scrapes,
    silent: new Set(targets.map(({ url }) => url).filter((url) => !answered.has(url))),
  });
  for (const { failure, url } of told.failures) {
    yield troubled(setting, { kind: 'scrape.usage', url }, failure);
  }
  if (good.length > 0) yield* withFacts(kept(good, scrapes), told, scrapes);
  else if (isTold(told)) yield* withFacts([ofNobody(setting)], told, scrapes);
  else if (!(found instanceof Failure) && found.length === 0) yield noReplica(setting);
}

/** Each answer with what is kept of the ring, which the ledger keeps once. */
function kept(good: readonly Fetched[], scrapes: readonly Scrape[]): Fetched[] {
  const body = keptRing(scrapes);
  return good.map((fetched) => ({ ...fetched, fetch: { ...fetched.fetch, body } }));
}

/**
 * The first answer carries the facts: where a sample of a ring is stored, so is what the ring told.
 */
function withFacts(
  good: readonly Fetched[],
  { rows, parts, latency, gpuActivity, warnings }: Told,
  scrapes: readonly Scrape[],
): Fetched[] {
  const replicas = counted(scrapes.length, 'replica');
  return good.map((fetched, index) => {
    if (index > 0) return fetched;
    return {
      ...fetched,
      usage: located(rows),
      ...(parts.length === 0 ? {} : { usageParts: located(parts) }),
      ...(latency.length === 0 ? {} : { latency: located(latency) }),
      ...(gpuActivity.length === 0 ? {} : { gpuActivity: located(gpuActivity) }),
      remarks: [`${replicas} scraped`],
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  });
}

function bucketNames(engine: Engine): string[] {
  const spellings = new Set(engine.record.families.flatMap((family) => family.spellings));
  return [...latencyNames(engine, spellings).keys()];
}

/** Was the replica scraped in these five minutes before? */
function hasBuckets({ url }: ScrapeTarget, earlier: readonly Scrape[], nowMs: number): boolean {
  const sinceMs = Math.floor(nowMs / BUCKETS_EVERY_MS) * BUCKETS_EVERY_MS;
  return (earlier.findLast((one) => one.url === url)?.atMs ?? 0) >= sinceMs;
}

function wished(all: readonly UsageTarget[]) {
  const usage: Wished[] = [];
  const faults: Failure[] = [];
  for (const target of all) {
    const engine = orFailure(() => engineOf(target));
    if (engine instanceof Failure) faults.push(engine);
    else usage.push({ target, engine });
  }
  return { usage, faults };
}

async function foundTargets(setting: Setting<ScrapeOptions>): Promise<ScrapeTarget[] | Failure> {
  try {
    return await targetsOf(setting);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function lately(answers: readonly EarlierAnswer[]): ScrapeTarget[] {
  const heard = answers.filter(({ body }) => body.byteLength > 0);
  const sinceMs = (heard.at(-1)?.atMs ?? 0) - LATELY_MS;
  const urls = new Set(heard.filter(({ atMs }) => atMs >= sinceMs).map(({ url }) => url));
  return [...urls].sort().map((url) => ({ url, labels: labelsOf(url) }));
}

/** Before it, answers may be left out: it is what is looked at before an interval is told. */
function wholeFromOf(answers: readonly EarlierAnswer[]): number {
  const { forMs } = REREADS;
  const newestMs = answers.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  const oldestMs = answers[0]?.atMs ?? Number.NEGATIVE_INFINITY;
  const isCut = oldestMs < newestMs - forMs + 2 * MINUTE_MS;
  return isCut ? newestMs - forMs + HORIZON_MS : Number.NEGATIVE_INFINITY;
}

function troubled(
  { id, options, tools }: Setting<ScrapeOptions>,
  { kind, url = placeOf(options) }: { readonly kind: string; readonly url?: string },
  failure: Failure,
): Fetched {
  const nowMs = tools.clock.nowMs();
  return unsentFetch({ sourceId: id, kind }, { url, nowMs }, failure);
}

function isTold({ rows, parts, latency, gpuActivity }: Told): boolean {
  return rows.length + parts.length + latency.length + gpuActivity.length > 0;
}

/**
 * What carries facts where no replica answers any more. It is kept as an answer without samples, so
 * that the next ring knows what is told.
 */
function ofNobody({ id, options, tools }: Setting<ScrapeOptions>): Fetched {
  const nowMs = tools.clock.nowMs();
  const when = { startedAtMs: nowMs, endedAtMs: nowMs };
  const body = new Uint8Array();
  return { fetch: { sourceId: id, kind: SAMPLES, url: placeOf(options), ...when, body } };
}

function noReplica({ id, options, tools }: Setting<ScrapeOptions>): Fetched {
  const nowMs = tools.clock.nowMs();
  const when = { startedAtMs: nowMs, endedAtMs: nowMs };
  return {
    fetch: { sourceId: id, kind: 'scrape.discovery', url: placeOf(options), ...when },
    warnings: [`no replica found by ${WAYS.find((way) => options[way] !== undefined)}`],
  };
}

function located<T>(facts: readonly T[]): Located<T>[] {
  return facts.map((fact, position) => ({ position, fact }));
}

/** Where replicas are looked for. */
function placeOf({ targets = [], dns, kubernetes, runpod }: ScrapeOptions): string {
  if (dns !== undefined) return `dns:${dns.name}`;
  return kubernetes?.apiServer ?? runpod?.baseUrl ?? targets[0] ?? WAYS[0];
}
