/**
 * Tests the generated fleet: the same seed gives the same fleet, and its story has the stated
 * figures.
 */

import { describe, expect, it } from 'vitest';
import { STEP_MS, STEPS, TIMELINE, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { buildFleet } from '../../src/demo/fleet.ts';
import type { PodTraffic } from '../../src/demo/traffic.ts';
import { FLEET } from '../support/demoFleet.ts';

const COLUMNS = ['promptTokens', 'cachedTokens', 'outputTokens', 'stopped', 'cutOff'] as const;

function podNamed(name: string): PodTraffic {
  const pod = FLEET.pods.find((each) => each.name === name);
  const traffic = FLEET.traffic.find((each) => each.podId === pod?.id);
  if (traffic === undefined) throw new Error(`no traffic of ${name}`);
  return traffic;
}

describe('the fictional fleet', () => {
  it('is identical for the same seed, to the token, and differs for another seed', () => {
    expect(buildFleet()).toEqual(FLEET);
    expect(buildFleet('another').traffic).not.toEqual(FLEET.traffic);
  });

  it('has whole numbers, cache hits within the prompt, and requests wherever it has tokens', () => {
    for (const pod of FLEET.traffic) {
      for (let index = 0; index < pod.length; index += 1) {
        const [prompt = -1, cached = -1, output = -1, stopped = -1, cutOff = -1] = COLUMNS.map(
          (column) => pod[column][index],
        );
        const whole = [prompt, cached, output, stopped, cutOff].every(
          (count) => Number.isSafeInteger(count) && count >= 0,
        );
        const fits = cached <= prompt && prompt > 0 === stopped + cutOff > 0;
        if (!whole || !fits) throw new Error(`${pod.podId} at ${index} makes no sense`);
      }
    }
    expect(FLEET.traffic.length).toBe(10);
  });

  it('never exceeds the capacity of a replica', () => {
    for (const deployment of FLEET.deployments) {
      const full = (deployment.capacityTokensPerSecond * STEP_MS) / 1_000;
      for (const pod of FLEET.traffic.filter((each) => each.deployment === deployment.id)) {
        const { promptTokens, outputTokens, benchmark } = pod;
        const columns = [promptTokens, outputTokens];
        if (benchmark !== undefined) columns.push(benchmark.promptTokens, benchmark.outputTokens);
        const most = promptTokens.reduce((top, _, index) => {
          return Math.max(
            top,
            columns.reduce((sum, column) => sum + (column[index] ?? 0), 0),
          );
        }, 0);
        expect(most).toBeLessThan(full);
      }
    }
  });

  it('covers its timeline with every deployment, including the replacement of a pod', () => {
    for (const { id } of FLEET.deployments) {
      const replicas = new Float64Array(STEPS);
      for (const pod of FLEET.traffic.filter((each) => each.deployment === id)) {
        const first = (pod.fromMs - TIMELINE.startMs) / STEP_MS;
        for (let index = 0; index < pod.length; index += 1) {
          replicas[first + index] = (replicas[first + index] ?? 0) + 1;
        }
      }
      expect(new Set(replicas).size).toBe(1);
    }
    const ended = FLEET.pods.filter((pod) => pod.toMs !== undefined);
    expect(ended.map(({ name }) => name)).toEqual(['code-review-3', 'evaluation-of-qwen']);
  });

  it('has no summarizing traffic on weekends', () => {
    const saturday = Date.UTC(2026, 6, 4);
    for (const name of ['doc-summaries-1', 'doc-summaries-2']) {
      const pod = podNamed(name);
      const first = (saturday - pod.fromMs) / STEP_MS;
      const weekend = pod.promptTokens.subarray(first, first + 2 * 288);
      expect(weekend.every((tokens) => tokens === 0)).toBe(true);
      expect(pod.promptTokens.some((tokens) => tokens > 0)).toBe(true);
    }
  });

  it('serves nothing during the crash, and the same on both sides of the outage', () => {
    const crashed = podNamed('support-chat-2');
    expect([...crashed.crashes].map((index) => crashed.promptTokens[index])).toEqual([0]);
    const silent = podNamed('claims-triage-1');
    const [missed = -1] = silent.missedScrapes;
    expect(silent.missedScrapes.size).toBe(1);
    for (const column of COLUMNS) {
      expect(silent[column][missed]).toBeGreaterThan(0);
      expect(silent[column][missed + 1]).toBe(silent[column][missed]);
    }
  });

  it('rents every machine from and until whole hours within its timeline', () => {
    for (const { fromMs, toMs = DEMO_WINDOW.endMs } of FLEET.pods) {
      expect([fromMs % 3_600_000, toMs % 3_600_000]).toEqual([0, 0]);
      expect(fromMs).toBeLessThan(DEMO_WINDOW.endMs);
    }
  });
});
