/**
 * Compares the Prometheus emulator's answers with the shape of real answers of Prometheus 2.53.3.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPrometheus } from '../../src/demo/emulators/prometheus.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

function real(name: string): unknown {
  const path = `../shared/reference/metrics/prometheus/${name}.json`;
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Keys and types all the way down; of a list, the shapes that occur in it. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = value.map((item) => JSON.stringify(shapeOf(item)));
    return [...new Set(shapes)].map((shape) => JSON.parse(shape) as unknown);
  }
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, shapeOf(item)]),
  );
}

let prometheus: Emulator;

beforeAll(async () => {
  prometheus = await startPrometheus(FLEET, demoClock());
});

afterAll(() => prometheus.close());

const query = (text: string, time = '2026-07-15T12:00:00Z') =>
  requestEmulator(prometheus, '/api/v1/query', { query: { query: text, time } });

describe('real answers of Prometheus 2.53.3', () => {
  it('have the shape of our raw samples: numbers for times, text for values', async () => {
    const { json } = await query('vllm:generation_tokens_total{model_name="gpt-oss-120b"}[65m]');
    expect(shapeOf(json)).toEqual(shapeOf(real('local-2.53.3-query-matrix-1h-plus-5m')));
  });

  it('equal our answer to a range without samples', async () => {
    const { json } = await query('no_such_metric[5m]');
    expect(json).toEqual(real('local-2.53.3-empty-matrix'));
  });

  it('have the shape of our label values and our build information', async () => {
    const values = await requestEmulator(prometheus, '/api/v1/label/model_name/values');
    const build = await requestEmulator(prometheus, '/api/v1/status/buildinfo');
    expect(shapeOf(values.json)).toEqual(shapeOf(real('local-2.53.3-labels-values-model_name')));
    expect(shapeOf(build.json)).toEqual(shapeOf(real('local-2.53.3-buildinfo')));
  });

  it('refuse an unclosed parenthesis with exactly our message', async () => {
    const answer = await query('increase(');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual(real('local-2.53.3-error-parse'));
  });

  it('have the shape of every other refusal of ours', async () => {
    const shape = shapeOf(real('local-2.53.3-error-11000-points'));
    for (const [text, status] of [
      ['up{', 400],
      ['sum(up)', 422],
    ] as const) {
      const answer = await query(text);
      expect(answer).toMatchObject({ status, type: 'application/json' });
      expect(shapeOf(answer.json)).toEqual(shape);
    }
    expect((await query('up', 'teatime')).status).toBe(400);
  });

  it('carry the labels that our series carry', async () => {
    const labels = (answer: unknown) =>
      Object.keys(
        (answer as { data: { result: { metric: object }[] } }).data.result[0]?.metric ?? {},
      ).toSorted();
    const { json } = await query('vllm:generation_tokens_total{model_name="gpt-oss-120b"}[5m]');
    expect(labels(json)).toEqual(labels(real('local-2.53.3-query-matrix-1h-plus-5m')));
  });
});
