/** Queries one chunk of a deployment's window and converts its answers to facts. */

import { Failure, invariant } from '../../domain/failure.ts';
import { HOUR_MS, MINUTE_MS, type Period, period, SECOND_MS } from '../../domain/period.ts';
import type { Fetch, Fetched } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { UsageTarget } from '../source.ts';
import type { Backend } from './options.ts';
import { type PrometheusServer, type QueryReply, sendQuery, withFailure } from './sendQuery.ts';
import { type EngineMetrics, latencyProbes, metricNames } from '../engines/engine.ts';
import { computeUsage, type EngineUsage } from '../engines/computeUsage.ts';
import { findProcesses, type ServerProcess } from '../engines/processes.ts';
import { createSelectors, toUnixSeconds } from './requests.ts';
import { createMatrixReader, type Matrix, querySamples } from './matrix.ts';
import { askStarts, findWithoutStart } from './startTimes.ts';
import { computeLatency, hoursIn, latencyNames } from '../engines/latency.ts';
import type { Series } from '../engines/samples.ts';
import type { UsageReading } from '../engines/grid.ts';

export interface UsageChunk {
  readonly server: PrometheusServer;
  readonly target: UsageTarget;
  readonly window: Period;
  readonly backend: Backend;
  readonly engine: EngineMetrics;
}

/** The answers of a chunk. With one query per name, the last answer stands for all. */
export interface ChunkAnswers {
  readonly before: readonly Fetched[];
  readonly reply: QueryReply<Matrix>;
}

export interface ChunkOutcome {
  /** In the order of the queries. A failure is in the last one. */
  readonly fetched: readonly Fetched[];
  readonly failure?: Failure;
  /** Whether any server of the deployment was found. */
  readonly isSeen: boolean;
}

function horizonOf({ options }: PrometheusServer): number {
  return options.lookbackMinutes * MINUTE_MS;
}

/**
 * Queries all metrics of the chunk and its surroundings, in one query or in one per name. The first
 * failure stops the queries.
 */
export async function queryUsage(chunk: UsageChunk): Promise<ChunkAnswers> {
  const { server, target, window, backend, engine } = chunk;
  const question = { kind: 'prometheus.usage', about: target.deployment, window };
  const settings = { horizonMs: horizonOf(server), backend, engine };
  const replies: (QueryReply<Matrix> & { ok: true })[] = [];
  for (const selector of createSelectors(target, metricNames(engine), backend)) {
    const reply = await querySamples(server, { ...question, ...settings, selector });
    if (!reply.ok) return { before: replies.map((one) => fetchedOf(target, one)), reply };
    replies.push(reply);
  }
  const last = replies.pop();
  invariant(last !== undefined, 'an engine without a metric');
  const series = [...replies, last].flatMap(({ value }) => value.series);
  return {
    before: replies.map((one) => fetchedOf(target, one)),
    reply: { ...last, value: { ...last.value, series } },
  };
}

/** An answer whose facts come with a later one. */
function fetchedOf(
  { deployment }: UsageTarget,
  { fetch, value, warnings }: QueryReply<Matrix> & { ok: true },
): Fetched {
  const { rejects } = value;
  return {
    fetch,
    ...(rejects.length === 0 ? {} : { rejects }),
    ...warningsOf(serverWarnings(deployment, warnings)),
  };
}

/** The usage rows of a chunk, or its failure. Queries start times if they matter. */
export async function toChunkOutcome(
  chunk: UsageChunk,
  answered: ChunkAnswers,
): Promise<ChunkOutcome> {
  const outcome = await lastOutcome(chunk, answered.reply);
  return { ...outcome, fetched: [...answered.before, ...outcome.fetched] };
}

async function lastOutcome(chunk: UsageChunk, reply: QueryReply<Matrix>): Promise<ChunkOutcome> {
  if (!reply.ok)
    return { fetched: [{ fetch: reply.fetch }], failure: reply.failure, isSeen: false };
  const { series } = reply.value;
  try {
    const processes = findProcesses(series, [], chunk.engine);
    const seen = processes.length > 0;
    const withoutStart = findWithoutStart(processes, chunk.window);
    if (withoutStart.length === 0)
      return { fetched: await readFacts(chunk, reply, processes), isSeen: seen };
    const starts = await queryStarts(chunk, withoutStart);
    const warned = serverWarnings(chunk.target.deployment, starts.ok ? starts.warnings : []);
    const first: Fetched = { fetch: starts.fetch, ...warningsOf(warned) };
    if (!starts.ok) return { fetched: [first], failure: starts.failure, isSeen: seen };
    const dated = findProcesses(series, starts.value.series, chunk.engine);
    return { fetched: [first, ...(await readFacts(chunk, reply, dated))], isSeen: seen };
  } catch (error) {
    return toRefusedOutcome(chunk, reply.fetch, error);
  }
}

function queryStarts(
  { server, target, window, backend }: UsageChunk,
  processes: readonly ServerProcess[],
) {
  const about = target.deployment;
  return askStarts(server, processes, { about, window, horizonMs: horizonOf(server), backend });
}

/** The facts of the counters, after those of the histograms. The usage rows end the chunk. */
async function readFacts(
  chunk: UsageChunk,
  reply: QueryReply<Matrix> & { ok: true },
  processes: readonly ServerProcess[],
): Promise<Fetched[]> {
  const { server, target, window, engine } = chunk;
  const reading = {
    sourceId: server.id,
    deployment: target.deployment,
    window,
    intervalMs: server.options.interval * SECOND_MS,
    horizonMs: horizonOf(server),
    engine,
  };
  const usage = toFacts(chunk, reply, computeUsage(processes, reading));
  const probes = latencyProbes(engine);
  const hasLatency = reply.value.series.some(({ labels }) => {
    return probes.includes(labels['__name__'] ?? '');
  });
  return hasLatency ? [...(await readLatency(chunk, processes, reading)), usage] : [usage];
}

function toFacts(
  { target }: UsageChunk,
  { fetch, value, warnings }: QueryReply<Matrix> & { ok: true },
  { rows, parts, warnings: notes }: EngineUsage,
): Fetched {
  const { deployment } = target;
  const messages = [...serverWarnings(deployment, warnings), ...notes];
  if (value.rejected > value.rejects.length) {
    messages.push({ code: 'samples-rejected', deployment, samples: value.rejected });
  }
  return {
    fetch,
    usage: rows,
    ...(parts.length === 0 ? {} : { usageParts: parts }),
    ...(value.rejects.length === 0 ? {} : { rejects: value.rejects }),
    ...warningsOf(messages),
  };
}

/** What the server itself warned of. */
function serverWarnings(deployment: string, texts: readonly string[]): PullWarning[] {
  return texts.map((text) => ({ code: 'server-warning', deployment, text }));
}

function warningsOf(warnings: readonly PullWarning[]): Pick<Fetched, 'warnings'> {
  return warnings.length === 0 ? {} : { warnings };
}

function toRefusedOutcome({ target }: UsageChunk, fetch: Fetch, error: unknown): ChunkOutcome {
  if (!(error instanceof Failure)) throw error;
  const failedFetch = withFailure(fetch, error, target.deployment);
  return { fetched: [{ fetch: failedFetch }], failure: error, isSeen: true };
}

/**
 * The window, widened to whole intervals and ended with the last interval that is over at `nowMs`.
 * `undefined` if no interval is over yet.
 */
export function toFinishedWindow(window: Period, intervalMs: number, nowMs: number) {
  const startMs = Math.floor(window.startMs / intervalMs) * intervalMs;
  const lastMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const endMs = Math.min(Math.ceil(window.endMs / intervalMs) * intervalMs, lastMs);
  return startMs < endMs ? period(startMs, endMs) : undefined;
}

/** The next chunk from `fromMs`: up to the next multiple of its size, or the end of the window. */
export function nextChunk(fromMs: number, endMs: number, chunkHours: number): Period {
  const sizeMs = chunkHours * HOUR_MS;
  return period(fromMs, Math.min(endMs, (Math.floor(fromMs / sizeMs) + 1) * sizeMs));
}

/** Half as many hours, rounded down. `undefined` for a single hour. */
export function halveChunk(chunkHours: number): number | undefined {
  return chunkHours > 1 ? Math.floor(chunkHours / 2) : undefined;
}

/** There are many buckets, and hourly percentiles need no finer steps. */
const STEP_MS = 5 * MINUTE_MS;

/** The deployment and server whose latency is queried. */
interface LatencyRequest {
  readonly server: PrometheusServer;
  readonly target: UsageTarget;
  readonly backend: Backend;
}

/**
 * The latency of a chunk's hours, each of them complete. Costs do not depend on it, so a failure
 * only adds a warning and the usage is kept.
 */
async function readLatency(
  { server, target, backend }: LatencyRequest,
  processes: readonly ServerProcess[],
  reading: UsageReading,
): Promise<Fetched[]> {
  const { window, engine } = reading;
  const hours = hoursIn(window);
  const spellings = new Set(processes.map(({ spelling }) => spelling));
  const names = [...latencyNames(engine, spellings).keys()];
  if (hours === undefined || names.length === 0) return [];
  const fetched: Fetched[] = [];
  const series: Series[] = [];
  for (const selector of createSelectors(target, names, backend)) {
    const query = {
      query: selector,
      start: toUnixSeconds(hours.startMs),
      end: toUnixSeconds(hours.endMs),
      step: String(STEP_MS / SECOND_MS),
      ...backend.parameters,
    };
    const about = target.deployment;
    const question = {
      kind: 'prometheus.latency',
      about,
      window,
      segments: ['query_range'],
      query,
    };
    const reply = await sendQuery(server, question, createMatrixReader({ span: hours }));
    if (!reply.ok) {
      const { failure, ...fetch } = reply.fetch;
      const message = failure?.message ?? '';
      const warning = { code: 'latency-unknown', deployment: about, message } as const;
      return [...fetched, { fetch, warnings: [warning] }];
    }
    fetched.push({ fetch: reply.fetch });
    series.push(...reply.value.series);
  }
  const latency = computeLatency(series, processes, reading);
  const last = fetched.pop();
  return last === undefined ? [] : [...fetched, latency.length === 0 ? last : { ...last, latency }];
}
