/** Pulls usage from Prometheus and compatible servers, and lists the engines with counters. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { HOUR_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullRequest, UsageTarget } from '../source.ts';
import { type AnswerReader, type PrometheusServer, sendQuery, toUnsentFetch } from './sendQuery.ts';
import { nextChunk, toFinishedWindow } from './chunk.ts';
import { attributionLabels } from '../engines/attribution.ts';
import { createUsageQuery } from './promql.ts';
import { TargetReader } from './target.ts';
import { TelemetryReader } from './telemetry.ts';
import type { DetectedEngine } from '../../domain/engine.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import {
  recognizeEngines,
  type SeenSeries,
  TOKEN_COUNTER_NAMES,
} from '../engines/recognizeEngines.ts';
import { openAnswer, toAnswerFields } from './answer.ts';
import { findBackend } from './backend.ts';
import { toUnixSeconds } from './requests.ts';

export { retention } from './retention.ts';

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

const series = z.array(z.record(z.string(), z.string()));

const reading: AnswerReader<SeenSeries[]> = {
  fields: toAnswerFields(series),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    const value = parseResponse(series, data, where).map(({ __name__: name = '', ...labels }) => {
      return { name, labels };
    });
    return { value, warnings };
  },
};

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
      query: {
        'match[]': backend.exactNames ? [...TOKEN_COUNTER_NAMES] : pattern,
        start: toUnixSeconds(window.startMs),
        end: toUnixSeconds(window.endMs),
        ...backend.parameters,
      },
    },
    reading,
  );
  if (!reply.ok) throw reply.failure;
  return recognizeEngines(reply.value);
}

function escapeDots(name: string): string {
  return name.replaceAll('.', String.raw`\\.`);
}
