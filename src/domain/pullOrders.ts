/** How the pull of one source is ordered: what it is asked, of which window. */

import { type Order, orderId } from './order.ts';
import { dayStartMs, HOUR_MS, instantText, MINUTE_MS, type Period, period } from './period.ts';
import {
  factsOf,
  isSampled,
  overlapMs,
  type PullLine,
  type RhythmSource,
  sourcesOf,
} from './rhythm.ts';

/** Lines that ring so often that their jobs are forgotten at once, and their ids soon. */
const SHORT_MEMORY_MS = 2 * HOUR_MS;

/**
 * One pull for each source of the line. Windows overlap on purpose: what came late or changed is
 * found, what is known changes nothing.
 */
export function ringPulls(
  line: PullLine,
  sources: readonly RhythmSource[],
  ringAtMs: number,
): Order[] {
  return sourcesOf(line, sources).map((source) => {
    const startMs = isSampled(line) ? ringAtMs - MINUTE_MS : widened(line, source, ringAtMs);
    const id = orderId('pull', line, source.id, instantText(ringAtMs));
    return pullOrder({ line, source, window: period(startMs, ringAtMs), id });
  });
}

/** Midnight, as many days before the instant as may still have changed. */
export function widened(line: PullLine, source: RhythmSource, instantMs: number): number {
  return dayStartMs(instantMs) - overlapMs(line, source);
}

interface Wanted {
  readonly line: PullLine;
  readonly source: RhythmSource;
  readonly window: Period;
  readonly id: string;
}

export function pullOrder({ line, source, window, id }: Wanted): Order {
  const payload = {
    source: source.id,
    from: instantText(window.startMs),
    to: instantText(window.endMs),
    facts: factsOf(line, source),
  };
  return { name: 'pull', payload, id, ...(isSampled(line) ? { rememberMs: SHORT_MEMORY_MS } : {}) };
}
