/** Splits a long window into chunks that start and end at whole UTC hours. */

import { HOUR_MS, type Period, period } from '../../domain/period.ts';

/**
 * The window, widened to whole intervals and ended with the last interval that is over at `nowMs`.
 * `undefined` if no interval is over yet.
 */
export function toFinishedWindow(window: Period, intervalMs: number, nowMs: number) {
  const startMs = Math.floor(window.startMs / intervalMs) * intervalMs;
  const lastMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const endMs = Math.min(Math.ceil(window.endMs / intervalMs) * intervalMs, lastMs);
  return startMs < endMs ? period(startMs, endMs) : undefined;
}

/** The next chunk from `fromMs`: up to the next multiple of its size, or the end of the window. */
export function nextChunk(fromMs: number, endMs: number, chunkHours: number): Period {
  const sizeMs = chunkHours * HOUR_MS;
  return period(fromMs, Math.min(endMs, (Math.floor(fromMs / sizeMs) + 1) * sizeMs));
}

/** Half as many hours, rounded down. `undefined` for a single hour. */
export function halveChunk(chunkHours: number): number | undefined {
  return chunkHours > 1 ? Math.floor(chunkHours / 2) : undefined;
}
