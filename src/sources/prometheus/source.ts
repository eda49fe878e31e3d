/** Pulls usage from Prometheus and compatible servers, and lists the engines with counters. */

import { z } from 'zod';
import { type DetectedEngine, findUsageFault } from '../../domain/engine.ts';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { attributionLabels } from '../engines/attribution.ts';
import { metricNames, PROCESS_START, toEngineMetrics } from '../engines/engine.ts';
import { recognizeEngines, TOKEN_COUNTER_NAMES } from '../engines/recognizeEngines.ts';
import type { PullRequest, Retention, UsageTarget } from '../source.ts';
import { createAnswerReader } from './answer.ts';
import { nextChunk, toFinishedWindow } from './chunk.ts';
import { type Backend, findBackend } from './options.ts';
import { createSelectors, toSearch } from './requests.ts';
import { type PrometheusServer, sendQuery, toUnsentFetch } from './sendQuery.ts';
import { TargetReader } from './target.ts';
import { TelemetryReader } from './telemetry.ts';

/**
 * The usage of every deployment in the window. The window is widened to whole intervals, or to
 * whole hours if parts are requested, and ends with the last one that is over. It is read chunk by
 * chunk, and within a chunk deployment by deployment, so that an interrupted pull can resume. Usage
 * between the last scrape and a crash is in no counter.
 */
export async function* pull(
  server: PrometheusServer,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  const { options, tools } = server;
  const intervalMs = options.interval * SECOND_MS;
  const requested = hasParts(request.usage) ? fromWholeHour(request.window) : request.window;
  const window = toFinishedWindow(requested, intervalMs, tools.clock.nowMs());
  if (window === undefined) return;
  const faults = request.usage.map(queryFault);
  for (const [index, failure] of faults.entries()) {
    const about = request.usage[index]?.deployment ?? '';
    if (failure === undefined) continue;
    yield toUnsentFetch(server, { kind: 'prometheus.usage', window, about }, failure);
  }
  const targets = request.usage.filter((_, index) => faults[index] === undefined);
  const readers = targets.map((target) => new TargetReader(server, target, window.endMs));
  const telemetryReaders = (request.telemetry ?? []).map((target) => {
    return new TelemetryReader(server, target, window.endMs);
  });
  const resumeMs = Math.max(window.startMs, request.resumeAtMs ?? window.startMs);
  const isComplete = faults.every((failure) => failure === undefined);
  for (let fromMs = resumeMs; fromMs < window.endMs; ) {
    const step = nextChunk(fromMs, window.endMs, options.chunkHours);
    for (const reader of telemetryReaders) yield* await reader.read(step);
    for (const [index, reader] of readers.entries()) {
      const isLast = index === readers.length - 1;
      for await (const fetched of reader.read(step)) {
        const isStepDone =
          isLast &&
          isComplete &&
          [...readers, ...telemetryReaders].every(({ failures }) => failures === 0);
        yield* isStepDone ? markDone(fetched, step) : fetched;
      }
    }
    fromMs = step.endMs;
  }
  for (const reader of readers) {
    // For deployments that were only seen before the pull was interrupted, the earlier period is
    // read again. Otherwise they would look like a wrong match.
    const earlier = { startMs: window.startMs, endMs: resumeMs };
    if (!reader.isSeen) for await (const fetched of reader.read(earlier)) yield* fetched;
    yield* await reader.end(window);
  }
}

function hasParts(targets: readonly UsageTarget[]): boolean {
  return targets.some(
    (target) => target.demand !== undefined || attributionLabels(target).length > 0,
  );
}

function fromWholeHour({ startMs, endMs }: Period): Period {
  return { startMs: Math.floor(startMs / HOUR_MS) * HOUR_MS, endMs };
}

/** Marks the last answer of a step as the end of everything before it. */
function markDone(fetched: readonly Fetched[], step: Period): Fetched[] {
  return fetched.map((one, index) => {
    const isEnd = index === fetched.length - 1 && one.fetch.window?.endMs === step.endMs;
    return isEnd ? { ...one, toldUpToMs: step.endMs } : one;
  });
}

/** Why a query cannot be sent to the server. */
function queryFault(target: UsageTarget): Failure | undefined {
  try {
    createSelectors(target, metricNames(toEngineMetrics(target)), { exactNames: false });
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const series = z.array(z.record(z.string(), z.string()));

const reading = createAnswerReader(series, (all) =>
  all.map(({ __name__: name = '', ...labels }) => ({ name, labels })),
);

/**
 * Sends one query to `/api/v1/series`. A server without name patterns gets the names one by one.
 * @throws {Failure} if the server does not answer.
 */
export async function seen(server: PrometheusServer, window: Period): Promise<DetectedEngine[]> {
  const backend = findBackend(server.options);
  const pattern = `{__name__=~"${TOKEN_COUNTER_NAMES.map(escapeDots).join('|')}"}`;
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.series',
      about: 'engines',
      window,
      segments: ['series'],
      query: toSearch(backend.exactNames ? [...TOKEN_COUNTER_NAMES] : pattern, window, backend),
    },
    reading,
  );
  if (!reply.ok) throw reply.failure;
  return recognizeEngines(reply.value);
}

function escapeDots(name: string): string {
  return name.replaceAll('.', String.raw`\\.`);
}

/** The longest quarter. */
const QUARTER_MS = 92 * DAY_MS;

const runtime = z.object({ storageRetention: z.string().nullish() });
const runtimeReading = createAnswerReader(runtime, (data) => data.storageRetention ?? '');

const seriesReading = createAnswerReader(series, (all) => all.length > 0);

/**
 * Reads `/api/v1/status/runtimeinfo`, which Prometheus has, or else searches for the first day with
 * series of a deployment. `undefined` if there are none or the server does not answer; the pull
 * then reports why.
 */
export async function retention(
  server: PrometheusServer,
  usage: readonly UsageTarget[],
): Promise<Retention | undefined> {
  const nowMs = server.tools.clock.nowMs();
  const window = { startMs: nowMs - QUARTER_MS, endMs: nowMs };
  const common = { kind: 'prometheus.retention', about: 'retention', window };
  const question = { ...common, segments: ['status', 'runtimeinfo'], query: {} };
  const reply = await sendQuery(server, question, runtimeReading);
  const keepsMs = reply.ok ? parseDuration(reply.value) : undefined;
  if (keepsMs !== undefined) return { keepsMs, told: 'settings' };
  const readableTargets = usage.filter((target) => findUsageFault(target) === undefined);
  const ages = await Promise.all(
    readableTargets.map((target) => findOldestAgeMs(server, target, window)),
  );
  const known = ages.filter((age) => age !== undefined);
  return known.length === 0 ? undefined : { keepsMs: Math.max(...known), told: 'oldest sample' };
}

const UNITS: Readonly<Record<string, number>> = {
  y: 365 * DAY_MS,
  w: 7 * DAY_MS,
  d: DAY_MS,
  h: HOUR_MS,
  m: MINUTE_MS,
  s: SECOND_MS,
};

/** Parses the time in `15d`, `1y6w` or `15d or 10GiB`. A size limit alone gives no time. */
function parseDuration(text: string): number | undefined {
  const [duration = ''] = /^(?:\d+[ywdhms])+(?= |$)/.exec(text) ?? [];
  const parts = [...duration.matchAll(/(\d+)([ywdhms])/g)];
  const sumMs = parts.reduce((sum, [, count, unit = 's']) => {
    return sum + Number(count) * (UNITS[unit] ?? 0);
  }, 0);
  return sumMs > 0 ? sumMs : undefined;
}

/** VictoriaMetrics ignores the time of a query for more than 40 days. */
const MAX_QUERY_MS = 31 * DAY_MS;

/** The age in ms of the oldest day with series of the deployment. Takes eight queries. */
async function findOldestAgeMs(
  server: PrometheusServer,
  target: UsageTarget,
  { startMs, endMs }: Period,
): Promise<number | undefined> {
  const context = { server, target, backend: findBackend(server.options) };
  for (let fromMs = startMs; fromMs < endMs; fromMs += MAX_QUERY_MS) {
    let [emptyMs, foundMs] = [fromMs, Math.min(fromMs + MAX_QUERY_MS, endMs)];
    if (!(await hasSeries(context, { startMs: fromMs, endMs: foundMs }))) continue;
    while (foundMs - emptyMs > DAY_MS) {
      const middle = emptyMs + Math.floor((foundMs - emptyMs) / 2);
      if (await hasSeries(context, { startMs: fromMs, endMs: middle })) foundMs = middle;
      else emptyMs = middle;
    }
    return endMs - emptyMs;
  }
  return undefined;
}

interface SeriesContext {
  readonly server: PrometheusServer;
  readonly target: UsageTarget;
  readonly backend: Backend;
}

/** Whether there are series of the deployment in the period. */
async function hasSeries(
  { server, target, backend }: SeriesContext,
  window: Period,
): Promise<boolean> {
  const names = metricNames(toEngineMetrics(target)).filter((name) => name !== PROCESS_START);
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.retention',
      about: target.deployment,
      window,
      segments: ['series'],
      query: toSearch(createSelectors(target, names, backend), window, backend),
    },
    seriesReading,
  );
  return reply.ok && reply.value;
}
