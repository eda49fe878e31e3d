/** The columns of a deployment while its processes are summed. */

import type { Period } from '../../domain/period.ts';
import type { EngineMetrics } from './engine.ts';
import { numberAt } from './samples.ts';

/** What is being read. */
export interface UsageReading {
  readonly sourceId: string;
  readonly deployment: string;
  /** The rows' window in whole intervals. Samples extend beyond it by the horizon on both sides. */
  readonly window: Period;
  readonly intervalMs: number;
  readonly horizonMs: number;
  readonly engine: EngineMetrics;
}

/** One value per interval. Flags are 1 if they apply. */
export interface UsageSums {
  readonly prompt: Float64Array;
  readonly output: Float64Array;
  readonly cached: Float64Array;
  readonly requests: Float64Array;
  readonly seenMs: Float64Array;
  readonly countedMs: Float64Array;
  readonly busyMs: Float64Array;
  readonly estimated: Uint8Array;
  readonly cacheUnknown: Uint8Array;
  readonly requestsUnknown: Uint8Array;
  readonly busyUnknown: Uint8Array;
}

export function emptySums(count: number): UsageSums {
  const column = () => new Float64Array(count);
  const flags = () => new Uint8Array(count);
  return {
    prompt: column(),
    output: column(),
    cached: column(),
    requests: column(),
    seenMs: column(),
    countedMs: column(),
    busyMs: column(),
    estimated: flags(),
    cacheUnknown: flags(),
    requestsUnknown: flags(),
    busyUnknown: flags(),
  };
}

export function addColumn(into: Float64Array, column: Float64Array): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = numberAt(into, index) + numberAt(column, index);
  }
}

export function addFlags(into: Uint8Array, flags: Uint8Array): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = numberAt(into, index) | numberAt(flags, index);
  }
}
