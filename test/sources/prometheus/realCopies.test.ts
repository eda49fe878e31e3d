import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { type PrometheusServer, startPrometheus } from '../../support/prometheus.ts';
import { failuresOf, pullUsage, rowsOf, warningsOf } from '../../support/prometheusSource.ts';

const START = Date.UTC(2026, 4, 12, 10);
const window = { startMs: START, endMs: START + HOUR_MS };
const NAMES = {
  prompt: 'vllm:prompt_tokens',
  output: 'vllm:generation_tokens',
  otel: 'vllm_prompt_tokens',
  otelOutput: 'vllm_generation_tokens',
} as const;

/** One sample every 15 s over the window and five minutes around it, 100 tokens each. */
function lines(name: string, labels: string, badAtMs?: number): string[] {
  const told: string[] = [];
  for (let atMs = START - 300_000; atMs <= window.endMs + 300_000; atMs += 15_000) {
    const value = atMs === badAtMs ? 0 : 1_000_000 + ((atMs - START) / 15_000) * 100;
    told.push(`${name}_total{${labels}} ${value} ${atMs / 1000}`);
  }
  return told;
}

/** Every family once, its series one after the other, as OpenMetrics wants them. */
function openMetrics(): string {
  const own = 'model_name="m",engine="0",instance="10.0.0.1:8000"';
  const scrapers = ['job="vllm",prometheus_replica="a"', 'job="pods",prometheus_replica="b"'];
  const family = (name: string, all: readonly string[], badAtMs?: number) => [
    `# TYPE ${name} counter`,
    ...all.flatMap((labels, at) => lines(name, `${own},${labels}`, at === 0 ? badAtMs : undefined)),
  ];
  return [
    ...family(NAMES.prompt, ['job="pods",prometheus_replica="b"', ...scrapers.slice(0, 1)], BAD),
    ...family(NAMES.output, scrapers),
    ...family(NAMES.otel, ['job="otel"']),
    ...family(NAMES.otelOutput, ['job="otel"']),
    '# EOF\n',
  ].join('\n');
}
const BAD = START + 31 * 60_000;

let server: PrometheusServer;
beforeAll(async () => {
  server = await startPrometheus(openMetrics());
});
afterAll(() => server.close());

test('a real Prometheus with three copies, one with a bad sample, tells one process', async () => {
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
  const fetched = await pullUsage({ url: server.origin }, { window, usage });
  expect(failuresOf(fetched)).toEqual([]);
  const rows = rowsOf(fetched);
  expect(rows).toHaveLength(12);
  for (const row of rows) {
    expect(row).toMatchObject({
      uncachedPromptTokens: 2_000,
      outputTokens: 2_000,
      replicaMs: 300_000,
    });
  }
  const marked = rows.filter(({ estimated }) => estimated === true);
  expect(marked.map(({ period }) => period.startMs)).toEqual([BAD - 60_000]);
  const said = warningsOf(fetched).join('\n');
  expect(said).toContain('10.0.0.1:8000');
  expect(said).toContain('scraped more than once and counted once');
});
