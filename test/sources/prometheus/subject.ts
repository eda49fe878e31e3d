/** Prometheus's subject for the source contract. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { syntheticReply } from '../../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';

const START_MS = Date.UTC(2026, 4, 12, 10);
const scrapes = steadyScrapes(
  { fromMs: START_MS - 60_000, toMs: START_MS + HOUR_MS + 60_000 },
  { prompt: 100, output: 10, requests: 1, running: 1 },
);

export const prometheus: SourceSubject = {
  kind: prometheusKind,
  options: (url, bearerToken) => ({ url, bearerToken }),
  request: {
    window: { startMs: START_MS, endMs: START_MS + HOUR_MS },
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }],
    models: [],
  },
  healthy: syntheticReply(processSeries({ instance: '10.0.0.1:8000' }, scrapes)),
  toldIn: { usage: 'usage' },
};
