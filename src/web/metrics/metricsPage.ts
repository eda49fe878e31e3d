/** The `/metrics` page: the metrics of rentcheck and of its process, in the Prometheus format. */

import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ReadSourceStates } from '../facts/sources.ts';
import type { WebServices } from '../site.ts';
import type { MetricDefinition } from './metricDefinition.ts';
import { METRICS } from './metrics.ts';
import { type MetricsSnapshot, takeMetricsSnapshot } from './snapshot.ts';

/** A second scrape within this time gets the same values, without a read of the ledger. */
const FRESH_MS = 5_000;

/** Default gauges whose names end in `_total`, which OpenMetrics reserves for counters. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export function registerMetrics(
  app: FastifyInstance,
  site: WebServices,
  sources: ReadSourceStates,
): void {
  const processRegistry = new Registry();
  collectDefaultMetrics({ register: processRegistry });
  for (const name of MISNAMED) processRegistry.removeSingleMetric(name);
  let kept: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  app.get('/metrics', async (_, reply) => {
    const nowMs = site.clock.nowMs();
    if (kept === undefined || Math.abs(nowMs - kept.atMs) >= FRESH_MS) {
      kept = { text: takeMetricsSnapshot(site, sources).then(exposition), atMs: nowMs };
    }
    const text = `${await kept.text}\n${await processRegistry.metrics()}`;
    return reply.type(processRegistry.contentType).send(text);
  });
}

/** A new registry each time, so that series of removed sources or deployments disappear. */
function exposition(snapshot: MetricsSnapshot): Promise<string> {
  const registry = new Registry();
  for (const figure of METRICS) fill(registry, figure, snapshot);
  return registry.metrics();
}

function fill(registry: Registry, figure: MetricDefinition, snapshot: MetricsSnapshot): void {
  const { name, help, labels, type } = figure;
  const samples = figure.samples(snapshot);
  // prom-client exports 0 for a metric without labels and samples.
  if (samples.length === 0) return;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = type === 'gauge' ? new Gauge(options) : new Counter(options);
  for (const { labels, value } of samples) metric.inc(labels, value);
}
