/** Prometheus and its kin as a source of usage: the counters of engines, read exactly. */

import { Failure } from '../../domain/failure.ts';
import { HOUR_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullRequest, UsageTarget } from '../source.ts';
import { refusal, type Server } from './asking.ts';
import { finishedWindow, nextChunk } from './chunks.ts';
import { attributionLabels } from '../engines/attribution.ts';
import { usageQuery } from './selector.ts';
import { TargetReader } from './target.ts';
import { TelemetryReader } from './telemetry.ts';

export { retention } from './retention.ts';
export { seen } from './seen.ts';

/**
 * Every deployment's usage in the window, widened to whole intervals (to whole hours where parts
 * are wanted, which are told by the hour) and ended with the last one that is over: chunk by chunk
 * through time, in each one deployment after the other, so that a pull that is cut off goes on from
 * there. What lies between the last scrape and a crash no counter tells.
 */
export async function* pull(server: Server, request: PullRequest): AsyncGenerator<Fetched> {
  const { options, tools } = server;
  const intervalMs = options.interval * SECOND_MS;
  const wished = hasParts(request.usage) ? fromWholeHour(request.window) : request.window;
  const window = finishedWindow(wished, intervalMs, tools.clock.nowMs());
  if (window === undefined) return;
  const faults = request.usage.map(wishFault);
  for (const [index, failure] of faults.entries()) {
    const about = request.usage[index]?.deployment ?? '';
    if (failure === undefined) continue;
    yield refusal(server, { kind: 'prometheus.usage', window, about }, failure);
  }
  const targets = request.usage.filter((_, index) => faults[index] === undefined);
  const readers = targets.map((target) => new TargetReader(server, target, window.endMs));
  const watching = (request.telemetry ?? []).map((target) => {
    return new TelemetryReader(server, target, window.endMs);
  });
  const resumeMs = Math.max(window.startMs, request.resumeAtMs ?? window.startMs);
  const isWhole = faults.every((failure) => failure === undefined);
  for (let fromMs = resumeMs; fromMs < window.endMs; ) {
    const step = nextChunk(fromMs, window.endMs, options.chunkHours);
    for (const reader of watching) yield* await reader.read(step);
    for (const [index, reader] of readers.entries()) {
      const isLast = index === readers.length - 1;
      for await (const fetched of reader.read(step)) {
        const closes =
          isLast && isWhole && [...readers, ...watching].every(({ failures }) => failures === 0);
        yield* closes ? closing(fetched, step) : fetched;
      }
    }
    fromMs = step.endMs;
  }
  for (const reader of readers) {
    // Who was seen before the pull was cut off is told from a slip by looking there once more.
    const skipped = { startMs: window.startMs, endMs: resumeMs };
    if (!reader.seen) for await (const fetched of reader.read(skipped)) yield* fetched;
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

/** The last answer of a step says that the step is told. */
function closing(fetched: readonly Fetched[], step: Period): Fetched[] {
  return fetched.map((one, index) => {
    const isEnd = index === fetched.length - 1 && one.fetch.window?.endMs === step.endMs;
    return isEnd ? { ...one, toldUpToMs: step.endMs } : one;
  });
}

/** Why a query cannot be sent to the server at all. */
function wishFault(target: UsageTarget): Failure | undefined {
  try {
    usageQuery(target, 1);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
