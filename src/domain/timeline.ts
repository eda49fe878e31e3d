/** When one resource ran, as far as samples of a list and logged events tell. */

import type { Resource } from './charge.ts';
import type { Period } from './period.ts';
import { firstWhere } from './search.ts';
import { EVENT, GONE, isLogged, type UptimeRule } from './uptime.ts';

/** What the statuses of a kind of resource mean, and whether one comes back. */
export interface Life extends Pick<UptimeRule, 'idle' | 'starting' | 'oneLife'> {
  /** Set where one that is gone from a list was stopped, and the same id may start again. */
  readonly returns?: true;
}

/**
 * `running`: seen or logged. `presumed`: logged as started, and still starting in a sample.
 * `possible`: between two samples that differ.
 */
export interface Stretch extends Period {
  readonly certainty: 'running' | 'presumed' | 'possible';
}

export interface Timeline {
  /** Oldest first, without overlaps; those of no time are left out. */
  readonly stretches: readonly Stretch[];
  /** When it was first known to exist, where nothing tells since when it had run. */
  readonly ranBeforeMs?: number;
}

type State = 'running' | 'presumed' | 'starting' | 'off';

interface Seen {
  readonly atMs: number;
  readonly state: State;
  /** A logged start or end: the change came at this very moment. */
  readonly isExact: boolean;
  /** Of a state that a list has shown, not the log alone. */
  readonly isShown: boolean;
}

/**
 * Between two sightings in the same state it holds. Where they differ the change is at the logged
 * moment, or else somewhere after the last list that still showed the first: sampled every five
 * minutes, an instance that is there at 10:00 and not at 10:05 may have run up to five minutes
 * more. Sightings are those of one resource, oldest first; so are the times of lists.
 */
export function timelineOf(
  sightings: readonly Resource[],
  listedAtMs: readonly number[],
  rule: Life,
): Timeline {
  const seen = statesOf(sightings, rule);
  const [first] = seen;
  if (first === undefined) return { stretches: [] };
  const stretches: Stretch[] = [];
  const log: Log = {
    add(startMs, endMs, certainty) {
      if (startMs < endMs) stretches.push({ startMs, endMs, certainty });
    },
    listedAtMs,
  };
  const ranBefore = first.state === 'running' || (first.state === 'off' && first.isExact);
  const listBeforeMs = listedAtMs[countBefore(listedAtMs, first.atMs) - 1];
  if (ranBefore && listBeforeMs !== undefined) log.add(listBeforeMs, first.atMs, 'possible');
  for (const [at, one] of seen.entries()) addAfter(one, seen[at + 1], log);
  const isUnbounded = ranBefore && listBeforeMs === undefined;
  return { stretches, ...(isUnbounded ? { ranBeforeMs: first.atMs } : {}) };
}

interface Log {
  add(startMs: number, endMs: number, certainty: Stretch['certainty']): void;
  readonly listedAtMs: readonly number[];
}

function addAfter(one: Seen, next: Seen | undefined, log: Log): void {
  const { atMs: startMs, state } = one;
  const endMs = next?.atMs ?? Number.POSITIVE_INFINITY;
  const lists = countBefore(log.listedAtMs, endMs);
  const lastListMs = Math.max(startMs, log.listedAtMs[lists - 1] ?? startMs);
  if (state === 'running' || state === 'presumed') {
    // A second start: what was shown before it had ended by then, and nobody knows when.
    const isRestart = one.isShown && next?.state === 'presumed' && next.isExact;
    if (next !== undefined && (next.state !== 'off' || next.isExact) && !isRestart) {
      // What is logged as started and next seen running ran all the time.
      const isRunning = one.isExact && next.state !== 'presumed';
      log.add(startMs, endMs, isRunning ? 'running' : state);
    } else if (one.isShown) {
      log.add(startMs, lastListMs, state);
      if (next !== undefined) log.add(lastListMs, endMs, 'possible');
    } else {
      // The first list after the event did not show it: it had ended by then.
      const goneMs = log.listedAtMs[countBefore(log.listedAtMs, startMs + 1)];
      if (goneMs !== undefined) log.add(startMs, Math.min(goneMs, endMs), 'possible');
    }
  } else if (next?.state === 'running' || (state === 'starting' && next?.state === 'off')) {
    log.add(lastListMs, endMs, 'possible');
  }
}

/** How many of the ascending times are smaller. */
function countBefore(timesMs: readonly number[], beforeMs: number): number {
  return firstWhere(timesMs, (ms) => ms >= beforeMs);
}

function statesOf(sightings: readonly Resource[], rule: Life): Seen[] {
  const seen: Seen[] = [];
  for (const sighting of withinLife(sightings, rule)) {
    const { status, seenAtMs: atMs } = sighting;
    const before = seen.at(-1);
    const state = stateOf(status, before?.state, rule);
    const isExact = status === EVENT.started || status === EVENT.ended;
    const isSample = !isExact && status !== EVENT.mentioned && status !== GONE;
    const isShown = isSample || (!isExact && before?.isShown === true);
    seen.push({ atMs, state, isExact, isShown });
  }
  return seen;
}

function stateOf(status: string | undefined, before: State | undefined, rule: Life): State {
  if (status === EVENT.started) return 'presumed';
  if (status === EVENT.ended || status === GONE) return 'off';
  // It says that there is such a resource, and nothing of how it is.
  if (status === EVENT.mentioned) return before ?? 'running';
  if (status !== undefined && rule.idle.includes(status)) return 'off';
  if (status === undefined || !rule.starting.includes(status)) return 'running';
  // A logged start says more than a list that still calls it starting.
  return before === 'presumed' || before === 'running' ? before : 'starting';
}

/**
 * Without what cannot be: one that is listed again was not gone where it cannot return, and one
 * that has one life neither runs before its logged start nor after its logged end. Of several
 * starts and ends the first counts.
 */
function withinLife(
  sightings: readonly Resource[],
  { oneLife, returns }: Life,
): readonly Resource[] {
  if (returns === true) return sightings;
  const lastShownMs =
    sightings.findLast(({ status }) => status !== GONE && !isLogged(status))?.seenAtMs ?? 0;
  const real = sightings.filter(
    ({ status, seenAtMs }) => status !== GONE || seenAtMs > lastShownMs,
  );
  if (!oneLife) return real;
  const start = real.find(({ status }) => status === EVENT.started);
  const fromMs = start?.seenAtMs ?? Number.NEGATIVE_INFINITY;
  const end = real.find((one) => one.status === EVENT.ended && one.seenAtMs >= fromMs);
  const toMs = end?.seenAtMs ?? Number.POSITIVE_INFINITY;
  return real.filter((one) => {
    if (one === start || one === end) return true;
    const isSecond = one.status === EVENT.started || one.status === EVENT.ended;
    return !isSecond && one.seenAtMs >= fromMs && one.seenAtMs < toMs;
  });
}
