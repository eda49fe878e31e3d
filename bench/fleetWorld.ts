/**
 * A seeded fleet for benchmarks: pods billed by the hour, usage by five minutes, a few providers.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Charge } from '../src/domain/charge.ts';
import { exact } from '../src/domain/exact.ts';
import { nanoUsd, nanoUsdPerMtok, sumNano } from '../src/domain/money.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Period, period } from '../src/domain/period.ts';
import type { Fetched, Located } from '../src/domain/provenance.ts';
import type { UsageRow } from '../src/domain/usage.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { seededRandom } from '../src/platform/random.ts';

export interface Fleet {
  readonly deployments: number;
  /** Pods of each deployment. */
  readonly replicas: number;
  readonly hosts: number;
}

/** The environment variables of its configuration. */
export const FLEET_ENV = { BENCH_KEY: 'bench' };

const STEP_MS = 5 * MINUTE_MS;
const SOURCE = 'runpod-main';
const METER = 'prom';
const MARKET = 'router';
const MODEL = 'bench/model';
/** One hour of a pod with two GPUs. */
const HOUR_NANO_USD = 5_380_000_000;

/** How many charges and usage rows `fillFleet` stores. */
export function countRows({ deployments, replicas }: Fleet, { startMs, endMs }: Period) {
  const charges = (deployments * replicas * (endMs - startMs)) / HOUR_MS;
  return { charges, usage: (deployments * (endMs - startMs)) / STEP_MS };
}

export async function writeFleetConfig(folder: string, { deployments }: Fleet): Promise<string> {
  const each = Array.from(
    { length: deployments },
    (_, at) => `
  model-${at}:
    model: ${MODEL}
    gpu: { type: H100-80GB, count: 2 }
    resources: [{ source: ${SOURCE}, match: { name: "model-${at}-*" } }]
    usage: { source: ${METER}, engine: vllm }
    capacity: { tokensPerSecond: 1900 }
    hosted: { equivalents: [{ via: ${MARKET}, model: ${MODEL} }] }`,
  );
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'rentcheck.yaml');
  const sources = `sources:
  ${SOURCE}: { kind: runpod, apiKey: \${BENCH_KEY} }
  ${METER}: { kind: prometheus, url: "http://127.0.0.1:9" }
  ${MARKET}: { kind: openrouter, managementKey: \${BENCH_KEY} }`;
  const text = `ledger: ./rentcheck.db\n${sources}\ndeployments:${each.join('')}\n`;
  await writeFile(path, text);
  return path;
}

/** Facts of a window as pulls bring them: bills by the day, each with its total, then the rest. */
export async function fillFleet(ledger: Ledger, fleet: Fleet, window: Period): Promise<void> {
  await ledger.facts.append(pricesOf(fleet), window.startMs);
  for (let atMs = window.startMs; atMs < window.endMs; atMs += DAY_MS) {
    await ledger.facts.append(billOf(fleet, period(atMs, atMs + DAY_MS)), atMs + 2 * DAY_MS);
  }
  for (let at = 0; at < fleet.deployments; at += 1) {
    await ledger.facts.append(servedBy(at, fleet, window), window.endMs + DAY_MS);
  }
}

function fetchOf(sourceId: string, kind: string, window: Period): Fetched['fetch'] {
  const { startMs, endMs } = window;
  return { sourceId, kind, url: 'bench:', window, startedAtMs: startMs, endedAtMs: endMs };
}

/** A day of the bill, hour by hour and pod by pod. */
function billOf(fleet: Fleet, day: Period): Fetched {
  const charges = chargesOf(fleet, day);
  return {
    fetch: fetchOf(SOURCE, 'runpod.billing', day),
    completeFor: { keyPrefix: 'pod/', window: day },
    statedTotal: { window: day, billedNanoUsd: sumNano(charges.map(({ fact }) => fact.billed)) },
    charges,
  };
}

/** One hour in twenty is billed in part: a pod was started or stopped in it. */
export function chargesOf({ deployments, replicas }: Fleet, span: Period): Located<Charge>[] {
  const random = seededRandom(`bill ${span.startMs}`);
  const charges: Located<Charge>[] = [];
  for (let startMs = span.startMs; startMs < span.endMs; startMs += HOUR_MS) {
    const since = new Date(startMs).toISOString();
    for (let pod = 0; pod < deployments * replicas; pod += 1) {
      const isWhole = random.next() > 0.05;
      const billedMs = isWhole ? HOUR_MS : Math.floor(random.next() * HOUR_MS);
      const id = `p${pod.toString(36).padStart(9, '0')}`;
      charges.push({
        position: charges.length,
        fact: {
          sourceId: SOURCE,
          key: `pod/${id}/gpu/${since}`,
          resourceId: id,
          resourceName: `model-${Math.floor(pod / replicas)}-${pod % replicas}`,
          category: 'compute',
          pricingClass: 'on-demand',
          period: period(startMs, startMs + HOUR_MS),
          billed: nanoUsd(BigInt(Math.round((HOUR_NANO_USD * billedMs) / HOUR_MS))),
          quantity: exact(BigInt(billedMs), BigInt(HOUR_MS)),
          unit: 'Hours',
          gpuType: 'NVIDIA H100 80GB HBM3',
          gpuCount: 2,
          basis: 'billed',
        },
      });
    }
  }
  return charges;
}

/** A daily wave with noise, sometimes above the capacity of the replicas. */
function servedBy(at: number, { replicas }: Fleet, window: Period): Fetched {
  const random = seededRandom(`usage ${at} ${window.startMs}`);
  const count = (window.endMs - window.startMs) / STEP_MS;
  const usage = Array.from({ length: count }, (_, position): Located<UsageRow> => {
    const startMs = window.startMs + position * STEP_MS;
    const wave = 1 + Math.sin(((position % 288) / 288) * 2 * Math.PI);
    const tokens = Math.round(wave * replicas * 250_000 * (0.5 + random.next()));
    const fact = {
      sourceId: METER,
      deployment: `model-${at}`,
      period: period(startMs, startMs + STEP_MS),
      uncachedPromptTokens: Math.round(tokens * 0.6),
      cachedPromptTokens: Math.round(tokens * 0.2),
      outputTokens: Math.round(tokens * 0.2),
      requests: 100 + (position % 50),
      busyMs: (STEP_MS / 2) * replicas,
      replicaMs: STEP_MS * replicas,
    };
    return { position, fact };
  });
  return { fetch: fetchOf(METER, 'prometheus.usage', window), usage };
}

function pricesOf({ hosts }: Fleet): Fetched {
  const prices = Array.from({ length: hosts }, (_, position) => ({
    position,
    fact: {
      sourceId: MARKET,
      model: MODEL,
      host: `host-${position}`,
      quantization: 'fp8' as const,
      validFromMs: 0,
      inputPerMtok: nanoUsdPerMtok(BigInt(100 + position) * 1_000_000n),
      outputPerMtok: nanoUsdPerMtok(BigInt(300 + position) * 1_000_000n),
      free: false,
      offered: true,
    },
  }));
  return { fetch: fetchOf(MARKET, 'openrouter.prices', period(0, 1)), prices };
}
