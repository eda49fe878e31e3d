/** Pulls usage from Prometheus and compatible servers by the counters of inference engines. */

import { Failure } from '../../domain/failure.ts';
import { HOUR_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullRequest, UsageTarget } from '../source.ts';
import { toUnsentFetch, type PrometheusServer } from './sendQuery.ts';
import { nextChunk, toFinishedWindow } from './chunk.ts';
import { attributionLabels } from '../engines/attribution.ts';
import { createUsageQuery } from './promql.ts';
import { TargetReader } from './target.ts';
import { TelemetryReader } from './telemetry.ts';

export { retention } from './retention.ts';
export { seen } from './seen.ts';

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
    createUsageQuery(target, 1);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
