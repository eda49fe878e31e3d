/** How a long window is asked for in pieces that begin and end at whole hours of UTC. */

import { HOUR_MS, type Period, period } from '../../domain/period.ts';

/**
 * Widened to whole intervals, and ended with the last interval that is over at `nowMs`; or nothing
 * is over yet.
 */
export function finishedWindow(window: Period, intervalMs: number, nowMs: number) {
  const startMs = Math.floor(window.startMs / intervalMs) * intervalMs;
  const lastMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const endMs = Math.min(Math.ceil(window.endMs / intervalMs) * intervalMs, lastMs);
  return startMs < endMs ? period(startMs, endMs) : undefined;
}

/** The next piece from `fromMs`: up to the next multiple of its size, or the window's end. */
export function nextChunk(fromMs: number, endMs: number, chunkHours: number): Period {
  const sizeMs = chunkHours * HOUR_MS;
  return period(fromMs, Math.min(endMs, (Math.floor(fromMs / sizeMs) + 1) * sizeMs));
}

/** Half as many hours, in whole hours; `undefined` when one hour is all that was asked. */
export function halved(chunkHours: number): number | undefined {
  return chunkHours > 1 ? Math.floor(chunkHours / 2) : undefined;
}
