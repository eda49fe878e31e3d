/** Tests a dcgm-exporter that is scraped beside the replicas: GPU telemetry, hour by hour. */

import { afterEach, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../src/domain/period.ts';
import { isMonitored } from '../../../src/sources/engines/gpuActivity.ts';
import type { SeriesLabels } from '../../../src/sources/engines/samples.ts';
import { warningsOf } from '../../support/prometheusSource.ts';
import { CHAT_TARGET, type Replica, type ScrapeStage, startReplicas, vllmText } from './stage.ts';

/** Scrapes fall on 7 s past the minute. */
const START = Date.UTC(2026, 4, 12, 10, 0, 7);
const minuteOf = (nowMs: number) => (nowMs - START) / MINUTE_MS;

let stage: ScrapeStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

function gpuText(gpu: number, pod: string, percent: number): string {
  const about =
    `gpu="${gpu}",UUID="GPU-${gpu}",pci_bus_id="0:${gpu}",device="nvidia${gpu}",` +
    `modelName="NVIDIA H100",Hostname="node-1",container="main",namespace="llm",pod="${pod}"`;
  return (
    `DCGM_FI_DEV_GPU_UTIL{${about}} ${percent}\n` +
    `DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{${about}} ${(percent / 200).toFixed(6)}\n` +
    `DCGM_FI_DEV_FB_USED{${about}} 70000\n`
  );
}

/** Two GPUs: ours is fully used for half an hour and to 40% then, the other one never. */
const exporter: Replica = (nowMs) =>
  '# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n' +
  gpuText(0, 'chat-70b-0', minuteOf(nowMs) < 30 ? 100 : 40) +
  gpuText(1, 'embed-0', 0);

const telemetry = [{ deployment: 'chat', match: { namespace: 'llm', pod: 'chat-*' } }];

async function activity(made: ScrapeStage) {
  const { rows } = await made.ledger.query(
    'SELECT start_ms, gpu_ms, gpu_util_millionths, tensor_active_millionths, ' +
      'dram_active_millionths FROM gpu_activity ORDER BY start_ms, version',
  );
  return rows.map((row) => row.map((value) => (value === null ? undefined : Number(value))));
}

async function ringing(made: ScrapeStage, minutes: Iterable<number>) {
  const warnings: string[] = [];
  for (const minute of minutes) {
    warnings.push(...warningsOf(await made.scrapeAt(START + minute * MINUTE_MS)));
  }
  return warnings;
}

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, minute) => minute);

test('the mean of an hour is reported once it is over, by the time of its samples', async () => {
  stage = await startReplicas([exporter], { usage: [], telemetry });
  expect(await ringing(stage, upTo(64))).toEqual([]);
  expect(await activity(stage)).toEqual([]);
  await ringing(stage, [65, 66, 70, 75]);
  // 29 minutes at 100%, then 30 minutes and 53 seconds at 40%; seen from 7 s past the hour on.
  const share = (1_740 * 1 + 1_853 * 0.4) / 3_593;
  expect(await activity(stage)).toEqual([
    [START - 7_000, 3_593_000, Math.round(share * 1e6), Math.round((share / 2) * 1e6), undefined],
  ]);
  expect(await stage.rows()).toEqual([]);
});

test('a GPU may be scraped every five minutes, and not while its exporter is down', async () => {
  const silent: Replica = (nowMs) =>
    minuteOf(nowMs) > 16 && minuteOf(nowMs) < 29 ? undefined : exporter(nowMs);
  stage = await startReplicas([silent], { usage: [], telemetry });
  // A scrape may come some seconds late.
  const fives = Array.from({ length: 16 }, (_, index) => 5 * index + (index % 2) / 10);
  await ringing(stage, fives);
  const [hour = []] = await activity(stage);
  // From 7 s past 10:00 to 10:15:13 and from 10:30:07 to the end of the hour.
  expect(hour[1]).toBe(15.1 * MINUTE_MS + (30 * MINUTE_MS - 7_000));
});

test('exporters and replicas are scraped together, and not confused', async () => {
  const replica: Replica = (nowMs) =>
    vllmText({ prompt: 100 * minuteOf(nowMs), output: 10 * minuteOf(nowMs), createdMs: START });
  const dying: Replica = (nowMs) => (minuteOf(nowMs) > 12 ? undefined : exporter(nowMs));
  const usage = [{ ...CHAT_TARGET, match: {} }];
  stage = await startReplicas([replica, dying], { usage, telemetry });
  expect(await ringing(stage, upTo(75))).toEqual([]);
  const rows = await stage.rows();
  expect(rows.slice(0, 3).map((row) => row.uncachedPromptTokens)).toEqual([400, 500, 500]);
  expect(rows.some(({ estimated }) => estimated)).toBe(false);
  expect((await activity(stage)).map(([, gpuMs]) => gpuMs)).toEqual([12 * MINUTE_MS]);
});

test('where no GPU matches the config, that is reported once', async () => {
  const match = { pod: 'caht-*' };
  stage = await startReplicas([exporter], {
    usage: [],
    telemetry: [{ deployment: 'chat', match }],
  });
  const warnings = await ringing(stage, upTo(40));
  expect(warnings).toEqual([
    'No GPU in dcgm-exporter matches {"pod":"caht-*"} for chat. Check usage.telemetry.match.',
  ]);
});

test('the pod of the workload is meant, where the exporter has its own pod', () => {
  const result = { __name__: 'DCGM_FI_DEV_GPU_UTIL', pod: 'dcgm-x', hostname: 'node-1' };
  const meant = { pod: 'chat-*', Hostname: 'node-*' };
  const isOurs = (labels: SeriesLabels) => isMonitored({ match: meant }, { ...result, ...labels });
  expect(isOurs({ exported_pod: 'chat-0' })).toBe(true);
  expect(isOurs({ pod: 'chat-0' })).toBe(true);
  expect(isOurs({ pod: 'chat-0', exported_pod: 'embed-0' })).toBe(false);
  expect(isOurs({ exported_pod: 'chat-0', __name__: 'vllm:prompt_tokens_total' })).toBe(false);
});
