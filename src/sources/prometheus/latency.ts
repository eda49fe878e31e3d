/** Queries the latency histograms of a chunk every five minutes instead of at each scrape. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { latencyNames, computeLatency, hoursIn } from '../engines/latency.ts';
import type { ServerProcess } from '../engines/processes.ts';
import type { Series } from '../engines/samples.ts';
import type { UsageReading } from '../engines/sums.ts';
import type { UsageTarget } from '../source.ts';
import { sendQuery, type PrometheusServer } from './asking.ts';
import type { Backend } from './backend.ts';
import { createMatrixReader } from './matrix.ts';
import { toUnixSeconds } from './questions.ts';
import { createNamesSelector } from './selector.ts';

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
export async function readLatency(
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
  for (const queryNames of backend.exactNames ? names.map((name) => [name]) : [names]) {
    const query = {
      query: createNamesSelector(target, queryNames),
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
