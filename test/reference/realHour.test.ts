/** Tests the whole path, from bill and counters to report, with a real hour and real prices. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import type { OpenedSession } from '../../src/cli/command.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import { reportJob } from '../../src/jobs/report.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { json, startServer, type TestServer } from '../support/httpServer.ts';
import { sharedPrometheus } from '../support/prometheus.ts';
import { AZURE_TRACE } from '../support/prometheusStories.ts';
import { readTrace, sumTrace } from '../support/traceToOpenMetrics.ts';

const REFERENCE = new URL('../../../shared/reference/', import.meta.url);
const MODEL = 'openai/gpt-oss-20b';
const DAY_MS = Date.UTC(2026, 4, 12);
const window = { from: DAY_MS + 10 * HOUR_MS, to: DAY_MS + 11 * HOUR_MS };

interface DumpRow {
  readonly tag: string;
  readonly status: number;
  readonly pricing: { readonly prompt: string; readonly completion: string };
}
interface Dump {
  readonly models: readonly { readonly id: string; readonly endpoints: readonly DumpRow[] }[];
}

const trace = readTrace(await readFile(AZURE_TRACE, 'utf8'));
const dump = JSON.parse(
  await readFile(new URL('pricing/openrouter_endpoints_2026-05-12.json', REFERENCE), 'utf8'),
) as Dump;
const hosts = dump.models.find(({ id }) => id === MODEL);

/** The official examples' shapes, their values replaced by this hour's pod. */
async function runpodAnswers(): Promise<Map<string, unknown>> {
  const example = async (name: string) => {
    const file = new URL(`providers/runpod/examples/${name}.json`, REFERENCE);
    return (JSON.parse(await readFile(file, 'utf8')) as { payload: object }).payload;
  };
  const hour = { startTime: '2026-05-12T10:00:00Z', endTime: '2026-05-12T11:00:00Z' };
  const amounts = { totalAmount: 2.7, gpuAmount: 2.69, cpuAmount: 0, diskAmount: 0.01 };
  const pods = (await example('v2-pods')) as { pods: object[] };
  const empty = (totals: object) => ({
    records: [],
    metadata: { query: { ...hour, bucketSize: 'hour' }, recordCount: 0, totals },
  });
  const account = {
    records: [{ ...hour, totalAmount: 2.7, podGpuAmount: 2.69, podDiskAmount: 0.01 }],
    metadata: {
      query: { ...hour, bucketSize: 'hour' },
      recordCount: 1,
      totals: { totalAmount: 2.7 },
    },
  };
  return new Map<string, unknown>([
    ['/v2/pods', { pods: [{ ...pods.pods[0], id: 'pod-1', name: 'oss-20b-1', cost: 2.69 }] }],
    ['/v2/serverless', { endpoints: [] }],
    ['/v2/network-volumes', { networkVolumes: [] }],
    ['/v2/clusters', { clusters: [] }],
    ['/v2/catalog/gpus', await example('v2-catalog-gpus')],
    ['/v2/billing', account],
    [
      '/v2/billing/pods',
      {
        records: [{ ...hour, podId: 'pod-1', ...amounts }],
        metadata: {
          query: { ...hour, bucketSize: 'hour' },
          recordCount: 1,
          totals: amounts,
          uniquePodCount: 1,
        },
      },
    ],
    ['/v2/billing/serverless', empty({ ...amounts, totalAmount: 0, gpuAmount: 0, feeAmount: 0 })],
    ['/v2/billing/network-volumes', empty({ totalAmount: 0 })],
    ['/v2/billing/clusters', empty({ totalAmount: 0 })],
    ['/v2/billing/endpoints', empty({ totalAmount: 0 })],
  ]);
}

let prometheus: string;
let provider: TestServer;
let folder: string;
let app: OpenedSession;
let audit: Audit;

beforeAll(async () => {
  prometheus = await sharedPrometheus();
  const answers = await runpodAnswers();
  answers.set(`/api/v1/models/${MODEL}/endpoints`, { data: hosts });
  answers.set('/api/v1/models', { data: [{ id: MODEL, canonical_slug: MODEL }] });
  provider = await startServer((response, request) => {
    const answer = answers.get(request.path);
    json(answer ?? { title: 'Not Found', status: 404 }, answer ? 200 : 404)(response, request);
  });
  folder = await mkdtemp(join(tmpdir(), 'rentcheck-real-'));
  const config = join(folder, 'rentcheck.yaml');
  await writeFile(config, configText());
  const clock = settableClock(DAY_MS);
  const env = { KEY: 'a-key-for-tests' };
  app = await openApp(config, { clock, env, readonly: false, progress: () => undefined });
  await pull('router');
  clock.set(DAY_MS + 24 * HOUR_MS);
  await pull('runpod-main');
  await pull('prom');
  const answer = await auditJob.run(app.context, { ...window });
  if (answer.kind !== 'done') throw new Error(`${answer.kind}: ${answer.reason}`);
  audit = answer.result.audit;
});

afterAll(async () => {
  await app.close();
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

async function pull(source: string): Promise<void> {
  const answer = await pullJob.run(app.context, { source, ...window });
  expect(answer).toMatchObject({ kind: 'done', shortfalls: [] });
}

function configText(): string {
  return `
ledger: ./rentcheck.db
sources:
  runpod-main: { kind: runpod, apiKey: "\${KEY}", baseUrl: ${provider.origin} }
  prom: { kind: prometheus, url: ${prometheus} }
  router: { kind: openrouter, baseUrl: ${provider.origin}/api/v1 }
deployments:
  oss-20b:
    model: openai/gpt-oss-20b
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: runpod-main, match: { name: "oss-20b-*" } }]
    usage: { source: prom, engine: vllm, match: { model_name: gpt-oss-20b } }
    capacity: { tokensPerSecond: 16494, evidence: "vLLM 0.11 at 215 in, 194 out" }
    hosted: { equivalents: [{ via: router, model: ${MODEL} }], minUptime: 0.9 }
`;
}

test('the tokens of the audit are the sums of the trace itself', () => {
  const { promptTokens, outputTokens, requests } = sumTrace(trace);
  expect(audit.totals).toMatchObject({ promptTokens, outputTokens });
  expect(audit.totals.tokens).toBe(promptTokens + outputTokens);
  expect(audit.deployments[0]).toMatchObject({ requests, spendUsd: '2.700000' });
  expect(audit.totals.coverage).toBe('1.000000');
});

test('each eligible provider costs what its own row of that day says, to the sixth place', () => {
  const { promptTokens, outputTokens } = sumTrace(trace);
  const considered = audit.deployments[0]?.hosted?.considered ?? [];
  const priced = considered.filter(({ costUsd }) => costUsd !== null);
  expect(priced.length).toBeGreaterThanOrEqual(3);
  for (const { host, costUsd } of priced) {
    const row = hosts?.endpoints.find(({ tag }) => tag === host);
    expect(`${host} ${costUsd}`).toBe(`${host} ${handCost(row, { promptTokens, outputTokens })}`);
  }
});

/** Dollars a token have up to 15 decimals: integers from the text, rounded once, half to even. */
function handCost(
  row: DumpRow | undefined,
  tokens: { promptTokens: number; outputTokens: number },
): string {
  const femto = (price: string) => {
    const [whole = '', places = ''] = price.split('.');
    return BigInt(whole + places.padEnd(15, '0'));
  };
  const cost =
    femto(row?.pricing.prompt ?? '') * BigInt(tokens.promptTokens) +
    femto(row?.pricing.completion ?? '') * BigInt(tokens.outputTokens);
  const [whole, rest] = [cost / 1_000_000_000n, cost % 1_000_000_000n];
  const up = rest > 500_000_000n || (rest === 500_000_000n && whole % 2n === 1n);
  const micro = up ? whole + 1n : whole;
  return `${micro / 1_000_000n}.${(micro % 1_000_000n).toString().padStart(6, '0')}`;
}

test('utilization and price follow from the hour alone', () => {
  const { promptTokens, outputTokens } = sumTrace(trace);
  const tokens = promptTokens + outputTokens;
  const [deployment] = audit.deployments;
  expect(deployment?.utilization).toBe((tokens / (16_494 * 3_600)).toFixed(6));
  expect(deployment?.effectiveUsdPerMtok).toBe((2.7 / (tokens / 1e6)).toFixed(6));
});

test('the hour becomes a report with its charts', async () => {
  const out = join(folder, 'out');
  const runId = audit.runId;
  expect(await reportJob.run(app.context, { runId, out })).toMatchObject({ kind: 'done' });
  expect((await readdir(out)).sort()).toEqual(
    [
      'charts',
      'deployments.csv',
      'figures.csv',
      'options.csv',
      'report.eml',
      'report.html',
      'report.json',
      'report.txt',
    ].sort(),
  );
  const charts = await readdir(join(out, 'charts'));
  expect(charts).toEqual(expect.arrayContaining(['load-duration.png', 'weekly-price.png']));
  expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))).toMatchObject({
    schema: 'rentcheck/audit/1',
  });
});
