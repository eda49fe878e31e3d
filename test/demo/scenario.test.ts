/** Pulls the demo's scenario with the real source code: the facts are the planted ones. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { PRICE_PULLS, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { GPU_PROVIDERS } from '../../src/demo/rentals.ts';
import { renderDemoConfig } from '../../src/demo/config.ts';
import {
  DEMO_ENVIRONMENT,
  type DemoEmulators,
  startDemoEmulators,
} from '../../src/demo/sources.ts';
import { computePlantedTruth } from '../../src/demo/truth.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { testClient } from '../support/testClient.ts';

const TRUTH = computePlantedTruth(FLEET);
const clock = demoClock();
const folder = mkdtempSync(join(tmpdir(), 'rentcheck-scenario-'));
let world: DemoEmulators;
let config: Config;

beforeAll(async () => {
  world = await startDemoEmulators(FLEET, clock, folder);
  const file = join(folder, 'rentcheck.yaml');
  writeFileSync(file, renderDemoConfig(world.addresses, './rentcheck.db'));
  config = await loadConfig(file, { env: DEMO_ENVIRONMENT });
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

async function pulled(sourceId: string): Promise<Fetched[]> {
  const section = config.sources.find(({ id }) => id === sourceId);
  const kind = sourceKinds.find((each) => each.kind === section?.kind);
  if (section === undefined || kind === undefined) throw new Error(`no source ${sourceId}`);
  const { http } = testClient();
  const source = kind.create(sourceId, section.options, { http, clock });
  const deployments = config.deployments.map(({ id, usage, hosted }) => {
    if (usage === undefined || hosted === undefined) throw new Error(`${id} is not whole`);
    return { id, usage, hosted };
  });
  const request = {
    window: DEMO_WINDOW,
    usage: deployments
      .filter(({ usage }) => usage.source === sourceId)
      .map(({ id, usage }) => ({ deployment: id, ...usage })),
    models: deployments
      .flatMap(({ hosted }) => hosted.equivalents)
      .flatMap(({ via, model }) => (via === sourceId ? [model] : [])),
  };
  const fetched: Fetched[] = [];
  for await (const part of source.pull(request)) fetched.push(part);
  expect(fetched.filter(({ fetch }) => fetch.failure !== undefined)).toEqual([]);
  expect(fetched.flatMap(({ rejects }) => rejects ?? [])).toEqual([]);
  return fetched;
}

function usageTotals(rows: readonly UsageRow[]) {
  const total = (of: (row: UsageRow) => number | undefined) =>
    rows.reduce((sum, row) => sum + (of(row) ?? Number.NaN), 0);
  return {
    promptTokens: total((row) => row.uncachedPromptTokens + (row.cachedPromptTokens ?? Number.NaN)),
    cachedTokens: total((row) => row.cachedPromptTokens),
    outputTokens: total((row) => row.outputTokens),
    requests: total((row) => row.requests),
    busySeconds: total((row) => row.busyMs) / 1_000,
    seenReplicaSeconds: total((row) => row.replicaMs) / 1_000,
  };
}

describe('the scenario', () => {
  it('writes a valid config, with one deployment under a waiver', () => {
    expect(config.deployments.map(({ id }) => id)).toEqual(FLEET.deployments.map(({ id }) => id));
    const waived = config.deployments.filter(({ waiver }) => waiver !== undefined);
    expect(waived.map(({ id }) => id)).toEqual(['claims-triage']);
  });

  it('pulls prices before the quarter begins, and in every week of it', () => {
    const [first = Number.NaN, ...later] = PRICE_PULLS;
    expect(first).toBeLessThan(DEMO_WINDOW.startMs);
    for (const [index, atMs] of later.entries()) {
      expect(atMs - (PRICE_PULLS[index] ?? 0)).toBe(7 * 86_400_000);
      expect(atMs).toBeLessThan(DEMO_WINDOW.endMs);
    }
    expect(later.length).toBe(13);
  });

  // Lambda has no billing API: its charges are rebuilt in a ledger, as the demo itself does.
  it.each(GPU_PROVIDERS.filter((id) => id !== 'lambda'))(
    'bills what was planted, to the nano-dollar, when %s is pulled',
    async (id) => {
      const charges = (await pulled(id)).flatMap((part) => part.charges ?? []);
      const billed = charges.reduce((sum, { fact }) => sum + fact.billed, 0n);
      const planted = TRUTH.sources.find(({ source }) => source === id)?.spendNanoUsd;
      expect(billed).toBe(planted);
      expect(billed).toBeGreaterThan(0n);
    },
  );

  it('separates the GPUs of support-chat from its disks when RunPod is pulled', async () => {
    const charges = (await pulled('runpod-main')).flatMap((part) => part.charges ?? []);
    const chat = charges.filter(
      ({ fact }) => fact.category === 'compute' && fact.resourceName === 'support-chat-1',
    );
    // 2,208 hours of two GPUs at $2.69.
    expect(chat.reduce((sum, { fact }) => sum + fact.billed, 0n)).toBe(11_879_040_000_000n);
  });

  it('uses every source that rentcheck supports, except exports and three hosted APIs', () => {
    const rents = sourceKinds.filter(({ provides }) => provides.includes('charges'));
    const kinds = config.sources.map(({ kind }) => kind);
    const missing = rents.map(({ kind }) => kind).filter((kind) => !kinds.includes(kind));
    expect(missing).toEqual(['focus', 'anthropic', 'fireworks', 'deepinfra']);
  });

  it('serves what was planted, to the token, when Prometheus is pulled', async () => {
    const rows = (await pulled('prom')).flatMap((part) => part.usage ?? []).map(({ fact }) => fact);
    for (const truth of TRUTH.deployments) {
      const own = rows.filter(({ deployment }) => deployment === truth.id);
      const { promptTokens, cachedTokens, outputTokens, requests } = truth.benchmark;
      expect(usageTotals(own)).toMatchObject({
        promptTokens: truth.promptTokens + promptTokens,
        cachedTokens: truth.cachedTokens + cachedTokens,
        outputTokens: truth.outputTokens + outputTokens,
        requests: truth.requests + requests,
        busySeconds: truth.busySeconds,
        seenReplicaSeconds: truth.seenReplicaSeconds,
      });
      expect(own).toHaveLength(92 * 288);
    }
  });

  it('lists the prices of the market when OpenRouter is pulled', async () => {
    const snapshots = (await pulled('router')).flatMap((part) => part.priceSnapshots ?? []);
    const hosts = snapshots.flatMap(({ fact }) => fact.prices.map(({ host }) => host));
    const gone = FLEET.offers.filter(({ untilMs }) => untilMs !== undefined).length;
    expect(hosts).toHaveLength(FLEET.offers.length - gone);
  });
});
