/** Emulates the HTTP API of Prometheus 2.53: raw samples of the fleet, labels and errors. */

import { parseInstant, SECOND_MS } from '../../domain/period.ts';
import { STEP_MS } from '../calendar.ts';
import type { Fleet } from '../fleet.ts';
import {
  type LabelMatcher,
  parseSelector,
  type QueryFault,
  type MetricSelector,
} from './promql.ts';
import { type ScrapedSeries, scrapeFleet } from './scrapes.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  type EmulatorRequest,
  startEmulator,
} from './emulator.ts';

export interface PrometheusSettings extends EmulatorTime {
  /** The maximum number of samples per query, like `--query.max-samples`. */
  readonly maxSamples?: number;
}

interface Server {
  readonly series: readonly ScrapedSeries[];
  readonly nowMs: () => number;
  readonly maxSamples: number;
}

/** The lookback delta: an instant query ignores samples that are older. */
const STALE_AFTER_MS = 5 * 60 * SECOND_MS;

/**
 * Serves `/api/v1/query` (one instant or range selector; GET and POST), `/api/v1/label/…/values`,
 * `/api/v1/status/buildinfo` and `/-/ready` for the counters of the fleet. Samples after the
 * emulator's clock do not exist. No key is required.
 */
export function startPrometheus(fleet: Fleet, settings: PrometheusSettings): Promise<Emulator> {
  const { nowMs, maxSamples = 50_000_000 } = settings;
  const server: Server = { series: scrapeFleet(fleet), nowMs, maxSamples };
  return startEmulator((request) => route(server, request));
}

function route(server: Server, request: EmulatorRequest): EmulatorResponse {
  const { method, path } = request;
  if (method === 'GET' || (method === 'POST' && path === '/api/v1/query')) {
    const labelName = /^\/api\/v1\/label\/([a-zA-Z_]\w*)\/values$/.exec(path)?.[1];
    if (labelName !== undefined) return labelValues(server, labelName, request.query);
    if (path === '/api/v1/query') return query(server, request.query);
    if (path === '/api/v1/status/buildinfo') return success(JSON.stringify(BUILD));
    if (path === '/-/ready') return text(200, 'Prometheus Server is Ready.\n');
  }
  return method === 'GET' || method === 'POST'
    ? text(404, '404 page not found\n')
    : text(405, 'Method Not Allowed\n');
}

const BUILD = {
  version: '2.53.3',
  revision: 'demo',
  branch: 'HEAD',
  buildUser: 'rentcheck',
  buildDate: '20250623-18:11:33',
  goVersion: 'go1.24.4',
};

function query(server: Server, parameters: URLSearchParams): EmulatorResponse {
  const selector = parseSelector(parameters.get('query') ?? '');
  if ('error' in selector) return refused(selector);
  const time = parameters.get('time');
  const atMs = time === null ? server.nowMs() : readTime(time);
  if (atMs === undefined) {
    return refused({
      status: 400,
      error: `invalid parameter "time": cannot parse "${time}" to a valid timestamp`,
    });
  }
  const series = matching(server.series, selector.matchers);
  return selector.rangeMs === undefined
    ? vector(series, atMs, server.nowMs())
    : matrix(server, series, { atMs, selector });
}

/** Unix seconds with decimals, or RFC 3339. */
function readTime(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Math.round(Number(text) * 1_000) : parseInstant(text);
}

function matching(series: readonly ScrapedSeries[], matchers: readonly LabelMatcher[]) {
  return series.filter(({ labels }) =>
    matchers.every(({ label, matches }) => matches(labels[label] ?? '')),
  );
}

/** Samples from `atMs − range` to `atMs`. Both ends are included, as before version 3. */
function matrix(
  server: Server,
  series: readonly ScrapedSeries[],
  { atMs, selector }: { readonly atMs: number; readonly selector: MetricSelector },
): EmulatorResponse {
  const toMs = Math.min(atMs, server.nowMs());
  const fromMs = atMs - (selector.rangeMs ?? 0);
  let loaded = 0;
  const results: string[] = [];
  for (const one of series) {
    const samples = samplesIn(one, fromMs, toMs);
    loaded += samples.length;
    if (loaded > server.maxSamples) return tooManySamples();
    if (samples.length === 0) continue;
    results.push(`{"metric":${JSON.stringify(one.labels)},"values":[${samples.join(',')}]}`);
  }
  return success(`{"resultType":"matrix","result":[${results.join(',')}]}`);
}

function vector(series: readonly ScrapedSeries[], atMs: number, nowMs: number): EmulatorResponse {
  const results: string[] = [];
  for (const one of series) {
    const last = lastIndex(one, Math.min(atMs, nowMs));
    if (last === undefined || one.firstMs + last * STEP_MS <= atMs - STALE_AFTER_MS) continue;
    const value = `[${atMs / 1_000},"${one.values[last]}"]`;
    results.push(`{"metric":${JSON.stringify(one.labels)},"value":${value}}`);
  }
  return success(`{"resultType":"vector","result":[${results.join(',')}]}`);
}

function samplesIn(series: ScrapedSeries, fromMs: number, toMs: number): string[] {
  const { firstMs, values, missing } = series;
  const samples: string[] = [];
  const first = Math.max(0, Math.ceil((fromMs - firstMs) / STEP_MS));
  const last = Math.min(values.length - 1, Math.floor((toMs - firstMs) / STEP_MS));
  for (let index = first; index <= last; index += 1) {
    if (missing.has(index)) continue;
    samples.push(`[${(firstMs + index * STEP_MS) / 1_000},"${values[index]}"]`);
  }
  return samples;
}

function lastIndex({ firstMs, values, missing }: ScrapedSeries, atMs: number): number | undefined {
  let index = Math.min(values.length - 1, Math.floor((atMs - firstMs) / STEP_MS));
  while (missing.has(index)) index -= 1;
  return index >= 0 ? index : undefined;
}

function labelValues(server: Server, name: string, parameters: URLSearchParams): EmulatorResponse {
  const selectors = parameters.getAll('match[]').map(parseSelector);
  const fault = selectors.find((selector) => 'error' in selector);
  if (fault !== undefined && 'error' in fault) return refused(fault);
  const wanted = selectors.flatMap((selector) => ('error' in selector ? [] : [selector.matchers]));
  const series = server.series.filter(
    (one) =>
      one.firstMs <= server.nowMs() &&
      (wanted.length === 0 || wanted.some((matchers) => matching([one], matchers).length > 0)),
  );
  const values = new Set(series.flatMap(({ labels }) => labels[name] ?? []));
  return success(JSON.stringify([...values].toSorted()));
}

function success(data: string): EmulatorResponse {
  const body = `{"status":"success","data":${data}}`;
  return { status: 200, type: 'application/json', body };
}

function refused({ status, error }: QueryFault): EmulatorResponse {
  const errorType = status === 400 ? 'bad_data' : 'execution';
  const body = JSON.stringify({ status: 'error', errorType, error });
  return { status, type: 'application/json', body };
}

function tooManySamples(): EmulatorResponse {
  return refused({
    status: 422,
    error: 'query processing would load too many samples into memory in query execution',
  });
}

function text(status: number, body: string): EmulatorResponse {
  return { status, type: 'text/plain; charset=utf-8', body };
}
