/** The page for Prometheus: the metrics of one moment, and those of the process. */

import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { SourceStates } from '../facts/sources.ts';
import type { Site } from '../site.ts';
import type { Figure } from './figure.ts';
import { FIGURES } from './figures.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** Whoever asks again so soon is told the same: the ledger is not read twice. */
const FRESH_MS = 5_000;

/** Gauges that call themselves totals, which only counters may. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export function metricsPage(app: FastifyInstance, site: Site, sources: SourceStates): void {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  for (const name of MISNAMED) ofProcess.removeSingleMetric(name);
  let kept: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  app.get('/metrics', async (_, reply) => {
    const nowMs = site.clock.nowMs();
    if (kept === undefined || Math.abs(nowMs - kept.atMs) >= FRESH_MS) {
      kept = { text: takeSnapshot(site, sources).then(exposition), atMs: nowMs };
    }
    const text = `${await kept.text}\n${await ofProcess.metrics()}`;
    return reply.type(ofProcess.contentType).send(text);
  });
}

/** A registry for each telling: what is gone from the ledger is gone from the metrics. */
function exposition(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  for (const figure of FIGURES) fill(registry, figure, snapshot);
  return registry.metrics();
}

function fill(registry: Registry, figure: Figure, snapshot: Snapshot): void {
  const { name, help, labels, type } = figure;
  const samples = figure.samples(snapshot);
  // Without labels prom-client tells 0 of what nothing is known of.
  if (samples.length === 0) return;
  const wish = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = type === 'gauge' ? new Gauge(wish) : new Counter(wish);
  for (const { labels, value } of samples) metric.inc(labels, value);
}
