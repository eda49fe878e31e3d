/** What each replica served in each five minutes, and when its counters were lost or not read. */

import { invariant } from '../domain/invariant.ts';
import { SECOND_MS } from '../domain/period.ts';
import { type Random, seededRandom } from '../platform/random.ts';
import { STEP_MS, STEPS, TIMELINE } from './calendar.ts';
import { DEPLOYMENTS, type FleetDeployment, type Mix } from './company.ts';
import { around, isBenchmarked, loadAt } from './load.ts';
import { type FleetPod, PODS } from './rent.ts';

/**
 * One pod's intervals, a column an array, from its first to its last. Index `i` is
 * `[fromMs + i·5 min, + 5 min)`. A pod is busy for the whole of an interval in which it served
 * anything.
 */
export interface PodTraffic {
  readonly podId: string;
  readonly deployment: string;
  readonly fromMs: number;
  readonly length: number;
  readonly promptTokens: Float64Array;
  /** Of the prompt. */
  readonly cachedTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** Requests that ended by themselves, and those cut off at their length limit. */
  readonly stopped: Float64Array;
  readonly cutOff: Float64Array;
  /** What a benchmark was served beside it, and its requests; nobody asked for that. */
  readonly benchmark?: BenchmarkTraffic;
  /** Intervals lost to a crash: nothing was served, and the counters begin again at zero. */
  readonly crashes: ReadonlySet<number>;
  /** Intervals at whose end nothing was scraped. */
  readonly missedScrapes: ReadonlySet<number>;
}

/** The same columns as of what was asked for. */
export type BenchmarkTraffic = Pick<
  PodTraffic,
  'promptTokens' | 'cachedTokens' | 'outputTokens' | 'stopped' | 'cutOff'
>;

/**
 * The server crashes right after the scrape of 03:10, loads its weights, and is back before the one
 * of 03:15 without having served anything in between: nothing is lost, but the counters begin
 * again.
 */
const CRASH = { pod: 'support-chat-2', atMs: Date.UTC(2026, 6, 23, 3, 10) };

/** The scrape of 10:05 fails; the counters lose nothing, and both intervals served alike. */
const OUTAGE = { pod: 'claims-triage-1', atMs: Date.UTC(2026, 7, 5, 10) };

/** No replica ever does more than this share of its capacity. */
const CEILING = 0.97;

/** What a benchmark and all that is asked for come to, of a replica's capacity. */
const BENCHMARKED = 0.94;

/**
 * Every serving pod's traffic, in the order of {@link PODS}; the same seed gives the same numbers.
 */
export function playTraffic(seed: string): PodTraffic[] {
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
    const share = Math.min((load / alive.length) * around(random, 0.02), CEILING);
    const tokens = pod.crashes.has(index) ? 0 : Math.round(share * full);
    serve(pod, index, { tokens, mix: deployment.mix, random });
  }
}

function serve(
  pod: BenchmarkTraffic,
  index: number,
  work: { readonly tokens: number; readonly mix: Mix; readonly random: Random },
): void {
  const { tokens, mix, random } = work;
  if (tokens === 0) return;
  const output = Math.round(tokens * mix.outputShare * around(random, 0.05));
  const prompt = tokens - output;
  const requests = Math.max(1, Math.round(tokens / mix.tokensPerRequest));
  const cutOff = Math.floor(requests * 0.03 * around(random, 0.5));
  pod.outputTokens[index] = output;
  pod.promptTokens[index] = prompt;
  pod.cachedTokens[index] = Math.round(prompt * mix.cachedShare * around(random, 0.1));
  pod.stopped[index] = requests - cutOff;
  pod.cutOff[index] = cutOff;
}

/** Of the deployment's own mix, so that only the label tells it apart. */
function withBenchmark(deployment: FleetDeployment, pod: PodTraffic, random: Random): PodTraffic {
  const { mix, capacityTokensPerSecond } = deployment;
  const full = (capacityTokensPerSecond * STEP_MS) / SECOND_MS;
  const benchmark = { ...emptyColumns(pod.length) };
  for (let index = 0; index < pod.length; index += 1) {
    if (!isBenchmarked(pod.fromMs + index * STEP_MS)) continue;
    const asked = (pod.promptTokens[index] ?? 0) + (pod.outputTokens[index] ?? 0);
    const tokens = Math.round(BENCHMARKED * around(random, 0.01) * full) - asked;
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

/** Both intervals of an outage served the same, so that nothing about them is a guess. */
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
