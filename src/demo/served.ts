/** Sums the tokens and requests that replicas served in a span of whole intervals. */

import type { Period } from '../domain/period.ts';
import { STEP_MS } from './calendar.ts';
import type { BenchmarkTraffic, PodTraffic } from './traffic.ts';

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
