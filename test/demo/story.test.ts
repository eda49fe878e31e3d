/**
 * Checks the demo's story with plain arithmetic: the option that was planted as the best is the
 * best, by a margin.
 */

import { describe, expect, it } from 'vitest';
import { STEP_MS, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import type { FleetDeployment } from '../../src/demo/company.ts';
import { type DeploymentTruth, computePlantedTruth } from '../../src/demo/truth.ts';
import { FLEET } from '../support/demoFleet.ts';

const TRUTH = computePlantedTruth(FLEET);

interface Story {
  readonly keepUsd: number;
  readonly deleteUsd: number;
  /** By number of always-on replicas, from 0. */
  readonly hybridUsd: readonly number[];
  readonly utilization: number;
}

/** Doubles are precise enough for a margin of thousands. */
function storyOf(id: string, { isBenchmarkWork = false } = {}): Story {
  const deployment = FLEET.deployments.find((each) => each.id === id);
  const truth = TRUTH.deployments.find((each) => each.id === id);
  if (deployment === undefined || truth === undefined) throw new Error(`no deployment ${id}`);
  const deleteUsd = Math.min(...eligible(truth).map(({ costUsd }) => Number(costUsd)));
  const tokens = truth.promptTokens + truth.outputTokens;
  const replicas = truth.paidReplicaSeconds / ((DEMO_WINDOW.endMs - DEMO_WINDOW.startMs) / 1_000);
  const oneReplicaUsd = Number(truth.gpuNanoUsd) / 1e9 / replicas;
  const perToken = deleteUsd / tokens;
  const hybridUsd = Array.from(
    { length: replicas + 2 },
    (_, k) => k * oneReplicaUsd + overflow(deployment, k, isBenchmarkWork) * perToken,
  );
  return {
    keepUsd: Number(truth.spendNanoUsd) / 1e9,
    deleteUsd,
    hybridUsd,
    utilization: tokens / (deployment.capacityTokensPerSecond * truth.paidReplicaSeconds),
  };
}

function eligible(truth: DeploymentTruth) {
  return truth.hosted.filter((host) => host.notEligible === null && host.costUsd !== null);
}

const NONE = { promptTokens: [], outputTokens: [] };

function overflow(deployment: FleetDeployment, replicas: number, withBenchmark = false): number {
  const full = (deployment.capacityTokensPerSecond * STEP_MS) / 1_000;
  const load = new Float64Array((DEMO_WINDOW.endMs - DEMO_WINDOW.startMs) / STEP_MS);
  for (const pod of FLEET.traffic.filter((each) => each.deployment === deployment.id)) {
    for (let index = 0; index < pod.length; index += 1) {
      const at = (pod.fromMs + index * STEP_MS - DEMO_WINDOW.startMs) / STEP_MS;
      if (at < 0 || at >= load.length) continue;
      const asked = (pod.promptTokens[index] ?? 0) + (pod.outputTokens[index] ?? 0);
      const { promptTokens, outputTokens } = (withBenchmark ? pod.benchmark : undefined) ?? NONE;
      load[at] = (load[at] ?? 0) + asked + (promptTokens[index] ?? 0) + (outputTokens[index] ?? 0);
    }
  }
  return load.reduce((sum, tokens) => sum + Math.max(0, tokens - replicas * full), 0);
}

/** 40 hours at $100: the high end of the engineering time for keeping one deployment. */
const LABOR_HIGH_USD = 4_000;

describe('the planted story', () => {
  it('keeps support-chat: cheaper than any provider, even with labor at its high end', () => {
    const { keepUsd, deleteUsd, hybridUsd, utilization } = storyOf('support-chat');
    expect(utilization).toBeGreaterThan(0.65);
    expect(utilization).toBeLessThan(0.75);
    expect(deleteUsd - keepUsd).toBeGreaterThan(LABOR_HIGH_USD + 0.15 * keepUsd);
    expect(Math.min(...hybridUsd)).toBe(hybridUsd[2]);
    expect((hybridUsd[1] ?? 0) - keepUsd).toBeGreaterThan(1_000);
  });

  it('deletes doc-summaries: a few percent used, and nearly all of its GPU spend saved', () => {
    const { keepUsd, deleteUsd, hybridUsd, utilization } = storyOf('doc-summaries');
    expect(utilization).toBeLessThan(0.05);
    expect(deleteUsd).toBeLessThan(0.1 * keepUsd);
    expect(Math.min(...hybridUsd)).toBe(hybridUsd[0]);
  });

  it('keeps one replica of code-review and buys the afternoons: clearly the best option', () => {
    const { keepUsd, deleteUsd, hybridUsd } = storyOf('code-review');
    const best = hybridUsd[1] ?? Number.NaN;
    expect(Math.min(...hybridUsd)).toBe(best);
    expect(best).toBeLessThan(0.7 * deleteUsd);
    expect(best).toBeLessThan(0.5 * keepUsd);
    expect(best).toBeLessThan(0.8 * (hybridUsd[2] ?? 0));
  });

  it('would keep all of code-review if its benchmark counted as work', () => {
    const { keepUsd, hybridUsd } = storyOf('code-review', { isBenchmarkWork: true });
    expect(Math.min(...hybridUsd.slice(0, 4))).toBeGreaterThan(keepUsd);
  });

  it('would delete claims-triage if its waiver allowed it', () => {
    const { keepUsd, deleteUsd } = storyOf('claims-triage');
    expect(keepUsd - deleteUsd).toBeGreaterThan(4_000);
  });

  it('leaves one to three percent of the bill unattributed', () => {
    const share = Number(TRUTH.unattributedNanoUsd) / Number(TRUTH.spendNanoUsd);
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.03);
  });

  it('has a provider that is the cheapest by list price but not by the hours of use', () => {
    const summaries = TRUTH.deployments.find(({ id }) => id === 'doc-summaries');
    if (summaries === undefined) throw new Error('no doc-summaries');
    const [cheapest] = eligible(summaries).toSorted(
      (a, b) => Number(a.costUsd) - Number(b.costUsd),
    );
    const tokens = { input: summaries.promptTokens, output: summaries.outputTokens };
    const byList = (1.055 * (tokens.input * 0.06 + tokens.output * 0.16)) / 1e6;
    expect(cheapest?.host).toBe('deepinfra/fp8');
    expect(byList).toBeLessThan(0.9 * Number(cheapest?.costUsd));
  });

  it('has a provider with each kind of defect, each cheaper than the eligible one', () => {
    const chat = TRUTH.deployments.find(({ id }) => id === 'support-chat');
    if (chat === undefined) throw new Error('no support-chat');
    const cheapest = Math.min(...eligible(chat).map(({ costUsd }) => Number(costUsd)));
    const barred = chat.hosted.filter(({ notEligible }) => notEligible !== null);
    expect(barred.map(({ notEligible }) => notEligible ?? '').toSorted()).toEqual([
      'free',
      'quantization',
      'quarantine',
      'uptime',
    ]);
    for (const { costUsd } of barred) expect(Number(costUsd)).toBeLessThan(cheapest);
  });
});
