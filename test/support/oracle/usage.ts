/** Random usage of a deployment: busy, idle, missing, and split at midnight. */

import type { Period } from '../../../src/domain/period.ts';
import { emptySeries, type UsageSeries } from '../../../src/domain/usage.ts';
import { type Draw, int, pick, STEP_MS } from './draw.ts';

interface MadeRow {
  readonly startMs: number;
  readonly endMs: number;
  readonly uncached: number;
  readonly cached: number;
  readonly output: number;
  readonly requests: number;
  readonly busyMs: number;
  readonly replicaMs: number;
}

export function makeUsage(draw: Draw, window: Period): UsageSeries {
  const unknown = pick(draw, 'none', 'none', 'none', 'cached', 'requests', 'busyMs');
  const rows: MadeRow[] = [];
  for (let startMs = window.startMs; startMs < window.endMs; ) {
    const steps = int(draw, 1, 72);
    const endMs = startMs + steps * STEP_MS;
    if (int(draw, 0, 5) > 0) rows.push(makeRow(draw, startMs, endMs));
    startMs = endMs;
  }
  return seriesOf(rows.map((row) => ({ ...row, [unknown]: Number.NaN })));
}

/** For some intervals, the deferrable part of each class of tokens. */
export function makeWaiting(draw: Draw, usage: UsageSeries): UsageSeries {
  const rows = Array.from({ length: usage.length }, (_, row) => row).filter(
    () => int(draw, 0, 2) > 0,
  );
  const part = (whole: number | undefined) => Math.floor(((whole ?? 0) * int(draw, 0, 4)) / 4);
  return seriesOf(
    rows.map((row) => ({
      startMs: usage.startMs[row] ?? 0,
      endMs: usage.endMs[row] ?? 0,
      uncached: part(usage.uncachedPromptTokens[row]),
      cached: part(usage.cachedPromptTokens[row]),
      output: part(usage.outputTokens[row]),
      requests: part(usage.requests[row]),
      busyMs: Number.NaN,
      replicaMs: Number.NaN,
    })),
  );
}

function makeRow(draw: Draw, startMs: number, endMs: number): MadeRow {
  const up = pick(draw, 1, 1, 2, 3, 0.5);
  const replicaMs = (endMs - startMs) * up;
  const idle = int(draw, 0, 3) === 0;
  if (idle) {
    return { startMs, endMs, uncached: 0, cached: 0, output: 0, requests: 0, busyMs: 0, replicaMs };
  }
  const number = (max: number) => int(draw, 0, max);
  const onlyRequests = number(12) === 0;
  const most = number(4) === 0 ? 60_000_000 : 900_000;
  return {
    startMs,
    endMs,
    uncached: onlyRequests ? 0 : number(most),
    cached: onlyRequests ? 0 : number(300_000),
    output: onlyRequests ? 0 : number(200_000),
    requests: number(4000),
    busyMs: Math.ceil((replicaMs * int(draw, 1, 100)) / 100),
    replicaMs,
  };
}

function seriesOf(rows: readonly MadeRow[]): UsageSeries {
  const series = emptySeries(rows.length);
  for (const [index, row] of rows.entries()) {
    series.startMs[index] = row.startMs;
    series.endMs[index] = row.endMs;
    series.uncachedPromptTokens[index] = row.uncached;
    series.cachedPromptTokens[index] = row.cached;
    series.outputTokens[index] = row.output;
    series.requests[index] = row.requests;
    series.busyMs[index] = row.busyMs;
    series.replicaMs[index] = row.replicaMs;
  }
  return series;
}
