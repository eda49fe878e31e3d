/** Yields the bounds of worker hours as a fetch of its own, so that the ledger stores them. */

import { toDecimal } from '../../domain/exact.ts';
import { dayText, type Period, splitByDay } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { observedHours } from './hours.ts';
import type { WorkerLog, EndpointWorkers } from './workerLog.ts';

interface About {
  readonly sourceId: string;
  readonly window: Period;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/**
 * Yields one `runpod.workers` fetch: the bounds of GPU-hours by endpoint, UTC day and GPU. Yields
 * nothing if no worker was observed in the window.
 */
export function* workerBounds(workers: WorkerLog, about: About): Generator<Fetched> {
  const { sourceId, window, startedAtMs, endedAtMs } = about;
  const endpoints = [...workers.times()]
    .map(([id, time]) => ({ id, days: daysOf(time, window) }))
    .filter(({ days }) => days.length > 0)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (endpoints.length === 0) return;
  const body = new TextEncoder().encode(JSON.stringify({ endpoints }));
  const url = `ledger:${sourceId}`;
  const fetch = { sourceId, kind: 'runpod.workers', url, window, startedAtMs, endedAtMs, body };
  yield { fetch };
}

function daysOf(time: EndpointWorkers, window: Period) {
  const types = [...new Set(time.ran.map(({ gpuType }) => gpuType))].toSorted((a = '', b = '') =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  return splitByDay(window).flatMap((day) =>
    types.flatMap((gpuType) => {
      const workers = { ...time, ran: time.ran.filter((one) => one.gpuType === gpuType) };
      const { low, high } = observedHours(day, { workers });
      if (high.num === 0n) return [];
      const hours = {
        lowGpuHours: toDecimal(low, 4, 'floor'),
        highGpuHours: toDecimal(high, 4, 'ceiling'),
      };
      return [
        { day: dayText(day.startMs), ...(gpuType === undefined ? {} : { gpuType }), ...hours },
      ];
    }),
  );
}
