/** Converts between UTC instants and local times of a time zone. */

import { DAY_MS, MINUTE_MS, type Period } from './period.ts';

/** The local date: `2026-10-25`. */
export function localDayText(instantMs: number, timeZone: string): string {
  return localText(instantMs, timeZone).slice(0, 10);
}

/**
 * The instant of local `day` and `at`. A time skipped when clocks go forward is moved later by the
 * skipped minutes. Of a time that occurs twice, the first is used.
 *
 * `2026-03-29`, `02:30` in Paris, which does not exist, is 03:30 there, 01:30 UTC; `2026-10-25`,
 * `02:30` is the first one, 00:30 UTC.
 */
export function localTimeMs(day: string, at: string, timeZone: string): number {
  const wanted = `${day}T${at}`;
  const asUtcMs = Date.parse(`${wanted}:00Z`);
  const around = [-DAY_MS, DAY_MS].map((shift) => offsetMs(asUtcMs + shift, timeZone));
  const candidates = around.map((offset) => asUtcMs - offset).sort((a, b) => a - b);
  const shown = candidates.find((instantMs) => localText(instantMs, timeZone) === wanted);
  // In a gap, the offset before it moves the time past it.
  return shown ?? asUtcMs - (around[0] ?? 0);
}

/** The UTC offsets of a time zone in a period. */
export interface LocalClock {
  readonly timeZone: string;
  /** In time order; the first starts at or before the period. */
  readonly offsets: readonly WallShift[];
}

/** The offset from UTC from an instant on; negative west of UTC. */
interface WallShift {
  readonly fromMs: number;
  readonly aheadMs: number;
}

/**
 * The offsets in force in a period, the first from its start. July to December 2026 in Paris is two
 * hours, then one hour from 2026-10-25T01:00Z. Assumes at most one change a day.
 */
export function utcOffsets({ startMs, endMs }: Period, timeZone: string): WallShift[] {
  const shifts: WallShift[] = [{ fromMs: startMs, aheadMs: offsetMs(startMs, timeZone) }];
  for (let atMs = startMs; atMs < endMs; atMs += DAY_MS) {
    const day = { startMs: atMs, endMs: Math.min(atMs + DAY_MS, endMs) };
    const aheadMs = offsetMs(day.endMs, timeZone);
    if (aheadMs === shifts.at(-1)?.aheadMs) continue;
    shifts.push({ fromMs: findChange(day, timeZone), aheadMs });
  }
  return shifts.filter(({ fromMs }) => fromMs < endMs);
}

/** The minute in a period from which the offset is that of its end. */
function findChange({ startMs, endMs }: Period, timeZone: string): number {
  const after = offsetMs(endMs, timeZone);
  let [before, changed] = [startMs, endMs];
  while (changed - before > MINUTE_MS) {
    const middle = before + Math.floor((changed - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetMs(middle, timeZone) === after) changed = middle;
    else before = middle;
  }
  return changed;
}

/** The offset from UTC, to the minute. */
function offsetMs(instantMs: number, timeZone: string): number {
  const shown = Date.parse(`${localText(instantMs, timeZone)}:00Z`);
  return shown - Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
}

/** `2026-10-25T02:30`. */
function localText(instantMs: number, timeZone: string): string {
  const parts = formatterFor(timeZone).formatToParts(instantMs);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Creating a formatter takes a thousand times as long as using it. */
function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
}
