/** Queries GPU activity of a deployment from dcgm-exporter. */

import { HOUR_MS, MINUTE_MS, type Period, period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import {
  GPU_FIELDS,
  computeGpuActivity,
  nothingWatched,
  WORKLOAD_LABELS,
} from '../engines/gpuActivity.ts';
import { hoursIn } from '../engines/latency.ts';
import type { Series } from '../engines/samples.ts';
import type { TelemetryTarget } from '../source.ts';
import type { PrometheusServer } from './sendQuery.ts';
import { type Backend, findBackend } from './options.ts';
import { querySamples } from './matrix.ts';
import { createSelectors } from './requests.ts';

/** How far a query extends beyond both ends of its hours, to find a neighboring sample. */
const HORIZON_MS = 5 * MINUTE_MS;

type Match = TelemetryTarget['match'];

/** Reads the GPUs of one deployment step by step through the window of a pull. */
export class TelemetryReader {
  failures = 0;
  readonly #server: PrometheusServer;
  readonly #target: TelemetryTarget;
  readonly #endMs: number;
  #isSeen = false;

  constructor(server: PrometheusServer, target: TelemetryTarget, endMs: number) {
    this.#server = server;
    this.#target = target;
    this.#endMs = endMs;
  }

  /** The fetches of a step's hours. After a failure, nothing more is queried. */
  async read(step: Period): Promise<Fetched[]> {
    const hours = hoursIn(step);
    if (hours === undefined || this.failures > 0) return [];
    const fetched = await this.#readHours(hours);
    const last = fetched.pop();
    if (last === undefined) return [];
    const isUnmatched = step.endMs >= this.#endMs && !this.#isSeen && this.failures === 0;
    return [...fetched, isUnmatched ? { ...last, warnings: [nothingWatched(this.#target)] } : last];
  }

  async #readHours(hours: Period): Promise<Fetched[]> {
    const fetched: Fetched[] = [];
    const series: Series[] = [];
    const { deployment } = this.#target;
    const backend = findBackend(this.#server.options);
    const question = { kind: 'prometheus.telemetry', about: deployment, window: hours };
    for (const selector of toSelectors(this.#target, backend)) {
      const wanted = { ...question, selector, horizonMs: HORIZON_MS, backend };
      const reply = await querySamples(this.#server, wanted);
      if (!reply.ok && reply.refusal === 'too-much' && hours.endMs - hours.startMs > HOUR_MS) {
        const [first, second] = splitHours(hours);
        const before = [...fetched, ...(await this.#readHours(first))];
        return this.failures > 0 ? before : [...before, ...(await this.#readHours(second))];
      }
      fetched.push({ fetch: reply.fetch });
      if (!reply.ok) {
        this.failures += 1;
        return fetched;
      }
      series.push(...reply.value.series);
    }
    this.#isSeen ||= series.length > 0;
    const request = { sourceId: this.#server.id, deployment, window: hours };
    const gpuActivity = computeGpuActivity(series, request);
    const last = fetched.pop();
    if (last === undefined || gpuActivity.length === 0)
      return last === undefined ? [] : [...fetched, last];
    return [...fetched, { ...last, gpuActivity }];
  }
}

/** One selector per spelling of the labels, and per name if necessary. */
function toSelectors({ deployment, match }: TelemetryTarget, backend: Backend): string[] {
  return labelSpellings(match).flatMap((labels) =>
    createSelectors({ deployment, match: labels }, GPU_FIELDS, backend),
  );
}

function labelSpellings(match: Match): Match[] {
  const entries = Object.entries(match);
  const hasWorkload = entries.some(([name]) => WORKLOAD_LABELS.has(name));
  const exported = entries.map(([name, value]): [string, string] => {
    return [WORKLOAD_LABELS.has(name) ? `exported_${name}` : name, value];
  });
  const absent = entries.flatMap(([name]): [string, string][] =>
    WORKLOAD_LABELS.has(name) ? [[`exported_${name}`, '']] : [],
  );
  const workloadSpellings = hasWorkload ? [exported, [...entries, ...absent]] : [entries];
  const spellings = workloadSpellings.flatMap((spelling) => {
    const host = spelling.find(([name]) => name.toLowerCase() === 'hostname');
    if (host === undefined) return [spelling];
    const others = spelling.filter((entry) => entry !== host);
    return ['Hostname', 'hostname'].map((name): [string, string][] => [...others, [name, host[1]]]);
  });
  return spellings.map((entries) => Object.fromEntries(entries));
}

function splitHours({ startMs, endMs }: Period): [Period, Period] {
  const middleMs = startMs + Math.ceil((endMs - startMs) / (2 * HOUR_MS)) * HOUR_MS;
  return [period(startMs, middleMs), period(middleMs, endMs)];
}
