/**
 * Random workers that start and stop, when they are listed, and the results, computed
 * independently.
 */

import { HOUR_MS, instantText, MINUTE_MS, SECOND_MS } from '../../../src/domain/period.ts';
import { seededRandom } from '../../../src/platform/random.ts';

export const START_MS = Date.UTC(2026, 8, 2);
export const HOURS = 8;
export const ADA = { id: 'NVIDIA GeForce RTX 4090', pool: 'ADA_24', usd: 1.1 };
export const HOPPER = { id: 'NVIDIA H100 80GB HBM3', pool: 'HOPPER', usd: 4.4 };
const TYPES = [ADA, HOPPER];

/** One run of a worker; a worker that comes back may get another GPU. */
export interface WorkerRun {
  readonly id: string;
  readonly gpu: typeof ADA;
  readonly startMs: number;
  readonly endMs: number;
  readonly isStartKnown: boolean;
}

export interface WorkerWorld {
  readonly runs: readonly WorkerRun[];
  /** When the inventory is sampled, oldest first. */
  readonly sampledAtMs: readonly number[];
}

/** Scaled to zero at times; now and then the sampler misses half an hour. */
export function randomWorkers(seed: string): WorkerWorld {
  const random = seededRandom(`workers ${seed}`);
  const runs: WorkerRun[] = [];
  const endMs = START_MS + HOURS * HOUR_MS;
  for (let worker = 0; worker < 4; worker += 1) {
    const isStartKnown = random.integer(0, 3) > 0;
    for (let at = START_MS; at < endMs; ) {
      const startMs = at + random.integer(1, 90 * 60) * SECOND_MS;
      const minutes = random.integer(0, 1) === 0 ? random.integer(1, 12) : random.integer(60, 240);
      const stopMs = Math.min(startMs + minutes * MINUTE_MS + 7 * SECOND_MS, endMs + HOUR_MS);
      const gpu = TYPES[random.integer(0, 1)] ?? ADA;
      if (startMs < endMs)
        runs.push({ id: `w${worker}`, gpu, startMs, endMs: stopMs, isStartKnown });
      at = stopMs + random.integer(1, 20) * MINUTE_MS;
    }
  }
  const sampledAtMs: number[] = [];
  for (let at = START_MS; at <= endMs; ) {
    sampledAtMs.push(at);
    at += random.integer(0, 19) === 0 ? 35 * MINUTE_MS : 5 * MINUTE_MS;
  }
  return { runs, sampledAtMs };
}

/** The list of workers at a moment. */
export function workersAt({ runs }: WorkerWorld, atMs: number): object[] {
  return runs
    .filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
    .map(({ id, gpu, startMs, isStartKnown }) => ({
      id,
      status: ['RUNNING', 'IDLE'][Math.floor(atMs / MINUTE_MS) % 2],
      isStale: false,
      gpuCount: 1,
      gpuTypeId: gpu.id,
      ...(isStartKnown ? { startedAt: instantText(startMs) } : {}),
    }));
}

interface Sum {
  low: number;
  high: number;
  usdLow: number;
  usdHigh: number;
}

type Span = readonly [number, number];

const shared = ([aMs, bMs]: Span, [fromMs, toMs]: Span) =>
  Math.max(0, Math.min(bMs, toMs) - Math.max(aMs, fromMs)) / HOUR_MS;

/** Hours and dollars that workers truly ran between two moments. */
export function trueUsage({ runs }: WorkerWorld, fromMs: number, toMs: number) {
  const all = runs.map((run) => [run, shared([run.startMs, run.endMs], [fromMs, toMs])] as const);
  const hours = all.reduce((sum, [, one]) => sum + one, 0);
  return { hours, usd: all.reduce((sum, [{ gpu }, one]) => sum + gpu.usd * one, 0) };
}

/** Bounds between two moments, only from the lists that were read by then. */
function bounds(world: WorkerWorld, listsMs: readonly number[], span: Span): Sum {
  const sum = { low: 0, high: 0, usdLow: 0, usdHigh: 0 };
  const nowMs = listsMs.at(-1) ?? 0;
  for (const run of world.runs) {
    const shown = listsMs.filter((at) => run.startMs <= at && at < run.endMs);
    const [first, last] = [shown[0], shown.at(-1)];
    if (first === undefined || last === undefined) continue;
    const before = listsMs.findLast((at) => at < first) ?? first;
    const next = listsMs.find((at) => at > last) ?? nowMs;
    const again = world.runs.find(
      (other) =>
        other.id === run.id &&
        other.startMs >= run.endMs &&
        other.isStartKnown &&
        listsMs.some((at) => other.startMs <= at && at < other.endMs),
    );
    const sureFromMs = run.isStartKnown ? run.startMs : first;
    const mostToMs = Math.max(last, Math.min(next, again?.startMs ?? next));
    const low = shared([sureFromMs, last], span);
    const high = shared([run.isStartKnown ? run.startMs : before, mostToMs], span);
    sum.low += low;
    sum.high += high;
    sum.usdLow += low * run.gpu.usd;
    sum.usdHigh += high * run.gpu.usd;
  }
  return sum;
}

const isClose = ({ low, high }: Sum) => high > 0 && high - low <= 0.1 * high;

/** Worker-hours of an hour of the bill, or nothing where the lists leave them open. */
export function expectedHours(
  world: WorkerWorld,
  listsMs: readonly number[],
  { startMs, usd }: { readonly startMs: number; readonly usd: number },
): number | undefined {
  const endMs = startMs + HOUR_MS;
  const own = bounds(world, listsMs, [startMs, endMs]);
  const day = bounds(world, listsMs, [START_MS, START_MS + 24 * HOUR_MS]);
  const near = listsMs.filter(
    (at, index) => (listsMs[index + 1] ?? at) > startMs && (listsMs[index - 1] ?? at) < endMs,
  );
  const gaps = near.slice(1).map((at, index) => at - (near[index] ?? at));
  const isDense =
    (near[0] ?? endMs) <= startMs && (near.at(-1) ?? 0) >= endMs && Math.max(...gaps) <= 600_000;
  const isAll = isDense && usd <= own.usdHigh * 1.02;
  const isExplained = own.high > 0 && own.usdLow <= usd * 1.02 && usd * 0.98 <= own.usdHigh;
  if (!(isAll || isExplained) || !(isClose(own) || isClose(day))) return undefined;
  return (own.low + own.high) / 2;
}
