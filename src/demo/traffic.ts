/** The traffic of each replica per five minutes, including crashes and missed scrapes. */

import { invariant } from '../domain/failure.ts';
import { type Period, SECOND_MS } from '../domain/period.ts';
import { type Random, seededRandom } from '../platform/random.ts';
import { STEP_MS, STEPS, TIMELINE } from './calendar.ts';
import {
  DEPLOYMENTS,
  type FleetDeployment,
  isBenchmarked,
  jitter,
  loadAt,
  type TokenMix,
} from './company.ts';
import { type FleetPod, PODS } from './rentals.ts';

/**
 * The intervals of one pod, as one array per column. Index `i` is the five minutes from
 * `fromMs + i·5 min`. A pod is busy for the whole of an interval in which it served anything.
 */
export interface PodTraffic {
  readonly podId: string;
  readonly deployment: string;
  readonly fromMs: number;
  readonly length: number;
  readonly promptTokens: Float64Array;
  /** A part of `promptTokens`. */
  readonly cachedTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** Requests that ended with a stop token. */
  readonly stopped: Float64Array;
  /** Requests that ended at their length limit. */
  readonly cutOff: Float64Array;
  /** Additional traffic of a benchmark, which serves no users. */
  readonly benchmark?: BenchmarkTraffic;
  /** Intervals with a crash: nothing was served, and the counters restart at zero. */
  readonly crashes: ReadonlySet<number>;
  /** Intervals whose scrape at the end failed. */
  readonly missedScrapes: ReadonlySet<number>;
}

/** The traffic of a benchmark, in the same columns as user traffic. */
export type BenchmarkTraffic = Pick<
  PodTraffic,
  'promptTokens' | 'cachedTokens' | 'outputTokens' | 'stopped' | 'cutOff'
>;

/**
 * The server crashes right after the scrape at 03:10 and restarts before the one at 03:15, without
 * serving in between. No traffic is lost, but the counters restart.
 */
const CRASH = { pod: 'support-chat-2', atMs: Date.UTC(2026, 6, 23, 3, 10) };

/** The scrape at 10:05 fails. The counters lose nothing, and both intervals serve the same. */
const OUTAGE = { pod: 'claims-triage-1', atMs: Date.UTC(2026, 7, 5, 10) };

/** The highest load of a replica, as a share of its capacity. */
const MAX_LOAD = 0.97;

/** The load of a replica by users and the benchmark together, as a share of its capacity. */
const BENCHMARK_LOAD = 0.94;

/** The traffic of every serving pod, in the order of {@link PODS}; deterministic per seed. */
export function simulateTraffic(seed: string): PodTraffic[] {
  return DEPLOYMENTS.flatMap((deployment) => {
    const random = seededRandom(`${seed}/${deployment.id}`);
    const pods = PODS.filter((pod) => pod.deployment === deployment.id);
    const traffic = pods.map(emptyTraffic);
    for (let step = 0; step < STEPS; step += 1) {
      serveStep(deployment, traffic, { startMs: TIMELINE.startMs + step * STEP_MS, random });
    }
    const played = traffic.map(withOutage);
    if (deployment.isBenchmarked !== true) return played;
    const nights = seededRandom(`${seed}/${deployment.id}/benchmark`);
    return played.map((pod) => withBenchmark(deployment, pod, nights));
  });
}

function serveStep(
  deployment: FleetDeployment,
  pods: readonly PodTraffic[],
  moment: { readonly startMs: number; readonly random: Random },
): void {
  const { startMs, random } = moment;
  const load = loadAt(deployment.load, startMs, random);
  const alive = pods.filter((pod) => indexAt(pod, startMs) !== undefined);
  const full = (deployment.capacityTokensPerSecond * STEP_MS) / SECOND_MS;
  for (const pod of alive) {
    const index = indexAt(pod, startMs);
    invariant(index !== undefined, 'a living pod has an interval');
    const share = Math.min((load / alive.length) * jitter(random, 0.02), MAX_LOAD);
    const tokens = pod.crashes.has(index) ? 0 : Math.round(share * full);
    serve(pod, index, { tokens, mix: deployment.mix, random });
  }
}

function serve(
  pod: BenchmarkTraffic,
  index: number,
  work: { readonly tokens: number; readonly mix: TokenMix; readonly random: Random },
): void {
  const { tokens, mix, random } = work;
  if (tokens === 0) return;
  const output = Math.round(tokens * mix.outputShare * jitter(random, 0.05));
  const prompt = tokens - output;
  const requests = Math.max(1, Math.round(tokens / mix.tokensPerRequest));
  const cutOff = Math.floor(requests * 0.03 * jitter(random, 0.5));
  pod.outputTokens[index] = output;
  pod.promptTokens[index] = prompt;
  pod.cachedTokens[index] = Math.round(prompt * mix.cachedShare * jitter(random, 0.1));
  pod.stopped[index] = requests - cutOff;
  pod.cutOff[index] = cutOff;
}

/** Adds a benchmark with the mix of the deployment, so that only its label differs. */
function withBenchmark(deployment: FleetDeployment, pod: PodTraffic, random: Random): PodTraffic {
  const { mix, capacityTokensPerSecond } = deployment;
  const full = (capacityTokensPerSecond * STEP_MS) / SECOND_MS;
  const benchmark = { ...emptyColumns(pod.length) };
  for (let index = 0; index < pod.length; index += 1) {
    if (!isBenchmarked(pod.fromMs + index * STEP_MS)) continue;
    const userTokens = (pod.promptTokens[index] ?? 0) + (pod.outputTokens[index] ?? 0);
    const tokens = Math.round(BENCHMARK_LOAD * jitter(random, 0.01) * full) - userTokens;
    serve(benchmark, index, { tokens, mix, random });
  }
  return { ...pod, benchmark };
}

function indexAt(pod: PodTraffic, startMs: number): number | undefined {
  const index = (startMs - pod.fromMs) / STEP_MS;
  return index >= 0 && index < pod.length ? index : undefined;
}

function emptyTraffic(pod: FleetPod): PodTraffic {
  const endMs = pod.toMs ?? TIMELINE.endMs;
  const length = (endMs - pod.fromMs) / STEP_MS;
  return {
    podId: pod.id,
    deployment: pod.deployment ?? '',
    fromMs: pod.fromMs,
    length,
    ...emptyColumns(length),
    crashes: new Set(pod.name === CRASH.pod ? [(CRASH.atMs - pod.fromMs) / STEP_MS] : []),
    missedScrapes: new Set(pod.name === OUTAGE.pod ? [(OUTAGE.atMs - pod.fromMs) / STEP_MS] : []),
  };
}

function emptyColumns(length: number): BenchmarkTraffic {
  const column = () => new Float64Array(length);
  return {
    promptTokens: column(),
    cachedTokens: column(),
    outputTokens: column(),
    stopped: column(),
    cutOff: column(),
  };
}

/** Makes both intervals of an outage equal, so that their split is not a guess. */
function withOutage(pod: PodTraffic): PodTraffic {
  for (const index of pod.missedScrapes) {
    for (const column of [
      pod.promptTokens,
      pod.cachedTokens,
      pod.outputTokens,
      pod.stopped,
      pod.cutOff,
    ]) {
      column[index + 1] = column[index] ?? 0;
    }
  }
  return pod;
}

/** Tokens are whole numbers; `promptTokens` includes the cached ones. */
export interface ServedTraffic {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly requests: number;
}

/** Totals of user traffic, which are exact because they are far below 2^53. */
export function sumUserTraffic(traffic: readonly PodTraffic[], span: Period): ServedTraffic {
  return sumOf(traffic, span, (pod) => pod);
}

/** Totals of benchmark traffic. */
export function sumBenchmarkTraffic(traffic: readonly PodTraffic[], span: Period): ServedTraffic {
  return sumOf(traffic, span, ({ benchmark }) => benchmark);
}

function sumOf(
  traffic: readonly PodTraffic[],
  span: Period,
  columnsOf: (pod: PodTraffic) => BenchmarkTraffic | undefined,
): ServedTraffic {
  const served = { promptTokens: 0, cachedTokens: 0, outputTokens: 0, requests: 0 };
  for (const pod of traffic) {
    const [first, end] = stepsIn(pod, span);
    const columns = columnsOf(pod);
    if (columns === undefined) continue;
    for (let index = first; index < end; index += 1) {
      served.promptTokens += columns.promptTokens[index] ?? 0;
      served.cachedTokens += columns.cachedTokens[index] ?? 0;
      served.outputTokens += columns.outputTokens[index] ?? 0;
      served.requests += (columns.stopped[index] ?? 0) + (columns.cutOff[index] ?? 0);
    }
  }
  return served;
}

/** The number of pod intervals inside the span that satisfy a predicate. */
export function countIntervals(
  traffic: readonly PodTraffic[],
  span: Period,
  predicate: (pod: PodTraffic, index: number) => boolean,
): number {
  let count = 0;
  for (const pod of traffic) {
    const [first, end] = stepsIn(pod, span);
    for (let index = first; index < end; index += 1) if (predicate(pod, index)) count += 1;
  }
  return count;
}

/** The first and the exclusive last interval index of a pod inside a span of whole intervals. */
function stepsIn(pod: PodTraffic, span: Period): [number, number] {
  return [
    Math.max(0, (span.startMs - pod.fromMs) / STEP_MS),
    Math.min(pod.length, (span.endMs - pod.fromMs) / STEP_MS),
  ];
}
