/** Sums what replicas served in a span of whole intervals. */

import type { Period } from '../domain/period.ts';
import { STEP_MS } from './calendar.ts';
import type { BenchmarkTraffic, PodTraffic } from './traffic.ts';

/** Tokens are whole numbers; the cached ones lie inside the prompt. */
export interface Served {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly requests: number;
}

/** Sums of whole numbers far below 2^53. */
export function servedOf(traffic: readonly PodTraffic[], span: Period): Served {
  return sumOf(traffic, span, (pod) => pod);
}

/** What a benchmark was served beside it. */
export function benchmarkOf(traffic: readonly PodTraffic[], span: Period): Served {
  return sumOf(traffic, span, ({ benchmark }) => benchmark);
}

function sumOf(
  traffic: readonly PodTraffic[],
  span: Period,
  of: (pod: PodTraffic) => BenchmarkTraffic | undefined,
): Served {
  const served = { promptTokens: 0, cachedTokens: 0, outputTokens: 0, requests: 0 };
  for (const pod of traffic) {
    const [first, end] = stepsIn(pod, span);
    const columns = of(pod);
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

/** Intervals of all pods inside the span of which something holds. */
export function countSteps(
  traffic: readonly PodTraffic[],
  span: Period,
  holds: (pod: PodTraffic, index: number) => boolean,
): number {
  let count = 0;
  for (const pod of traffic) {
    const [first, end] = stepsIn(pod, span);
    for (let index = first; index < end; index += 1) if (holds(pod, index)) count += 1;
  }
  return count;
}

/** First and end index of the pod's intervals inside a span that is cut at interval edges. */
function stepsIn(pod: PodTraffic, span: Period): [number, number] {
  return [
    Math.max(0, (span.startMs - pod.fromMs) / STEP_MS),
    Math.min(pod.length, (span.endMs - pod.fromMs) / STEP_MS),
  ];
}
