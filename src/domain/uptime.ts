/** Rules to rebuild charges from uptime for providers without a bill. */

import type { PricingClass, Resource } from './charge.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';
import { firstWhere } from './search.ts';

/**
 * Statuses of sightings from a provider's event log, which are exact to the millisecond. Samples of
 * a list have the provider's own statuses.
 */
export const UPTIME_EVENT = {
  started: 'event: started',
  ended: 'event: ended',
  /** An event that shows only that the resource existed. */
  mentioned: 'event: mentioned',
} as const;

const EVENTS: ReadonlySet<string | undefined> = new Set(Object.values(UPTIME_EVENT));

/** Whether a sighting comes from an event log. A list has more detail about a resource. */
export function isEventStatus(status: string | undefined): boolean {
  return EVENTS.has(status);
}

/** The status of a resource that a complete list no longer contains. */
export const GONE_STATUS = 'gone';

/** Resource kinds whose compute is billed while they exist. */
export type MachineKind = Extract<Resource['kind'], 'pod' | 'instance' | 'cluster'>;

/**
 * Meaning of a provider's inventory statuses, ignoring case. A status in none of the lists has no
 * meaning.
 */
export interface MachineStates {
  /** Statuses with billed compute. */
  readonly billed: readonly string[];
  /** Statuses after billing has ended: stopped or terminated. */
  readonly idle: readonly string[];
  /** Statuses before billing starts. */
  readonly starting: readonly string[];
  /** Whether charges name the resource by id, so one without a charge is missing from the bill. */
  readonly isOnBill: boolean;
}

/** Without kinds that a provider's inventory does not list. */
export type StatesByKind = { readonly [Kind in MachineKind]?: MachineStates };

/** The meaning of a status: `billed`, `idle`, or neither. */
export interface BillingStatus {
  readonly kind: MachineKind;
  /** In lower case. */
  readonly status: string;
  readonly says: 'billed' | 'idle';
}

/** All statuses of a source with their meaning, including those of event logs. */
export function listBillingStatuses(states: StatesByKind): BillingStatus[] {
  return (Object.keys(states) as MachineKind[]).flatMap((kind) => {
    const { billed = [], idle = [], starting = [] } = states[kind] ?? {};
    const word = (status: string, says: BillingStatus['says']) => {
      return { kind, status: status.toLowerCase(), says };
    };
    return [
      ...[...billed, UPTIME_EVENT.started].map((status) => word(status, 'billed')),
      ...[...idle, ...starting, UPTIME_EVENT.ended, GONE_STATUS].map((status) =>
        word(status, 'idle'),
      ),
    ];
  });
}

/** A source's request to rebuild the charges of a period from the ledger's sightings. */
export interface UptimeRule {
  /** Kind of the rebuilt fetch, e.g. `lambda.uptime`. */
  readonly kind: string;
  /** Kind of the fetches that list the resources, which give the sample times. */
  readonly listing: string;
  readonly of: Resource['kind'];
  /** Widened to whole UTC days. */
  readonly window: Period;
  /** Prefix of the charge keys, e.g. `instances/` in `instances/ID/2026-06-01T00:00:00Z`. */
  readonly keyPrefix: string;
  /** Statuses without billing. All other listed statuses are billed. */
  readonly idle: readonly string[];
  /** Statuses before billing starts. */
  readonly starting: readonly string[];
  /** True if a resource that ended never runs again under the same id. */
  readonly oneLife: boolean;
  /** Billing unit of the provider, e.g. minutes; a started unit counts. */
  readonly unitMs: number;
  readonly pricingClass: PricingClass;
  /** Names of resources that are paid for otherwise, with `*` as a glob. */
  readonly except: readonly string[];
  /**
   * Set if a bill may cover part of it: each of these periods, e.g. months, is billed from its
   * start to the end of its last known charge with this key prefix, and is not rebuilt.
   */
  readonly unlessBilled?: { readonly keyPrefix: string; readonly periods: readonly Period[] };
  /**
   * Set if a sampled price is the minimum cost of a resource: by id, the maximum cost per hour as
   * configured now. A resource listed with a GPU type but without a GPU count then has a minimum
   * cost of 0.
   */
  readonly most?: ReadonlyMap<string, NanoUsd>;
  /** What to do for resources without a price, e.g. `import their charges from the invoice`. */
  readonly fix?: string;
}

/** The meaning of a resource kind's statuses, and whether a resource can return. */
export interface ResourceLife extends Pick<UptimeRule, 'idle' | 'starting' | 'oneLife'> {
  /** Set if a resource that is gone from a list may start again under the same id. */
  readonly returns?: true;
}

/**
 * `running`: listed or logged. `presumed`: logged as started, and still starting in a sample.
 * `possible`: between two samples that differ.
 */
export interface UptimeStretch extends Period {
  readonly certainty: 'running' | 'presumed' | 'possible';
}

export interface Timeline {
  /** Oldest first, without overlaps and without empty stretches. */
  readonly stretches: readonly UptimeStretch[];
  /** When it was first seen, if its start is unknown. */
  readonly ranBeforeMs?: number;
}

type State = 'running' | 'presumed' | 'starting' | 'off';

interface Seen {
  readonly atMs: number;
  readonly state: State;
  /** A logged start or end: the time of the change is exact. */
  readonly isExact: boolean;
  /** Whether a list showed the state, not only the log. */
  readonly isShown: boolean;
}

/**
 * Computes the timeline of one resource. Between two sightings in the same state, the state holds.
 * If they differ, the change is at the logged time, or else at some time after the last list with
 * the first state. Worked example, sampled every five minutes: an instance listed at 10:00 and not
 * at 10:05 may have run up to five more minutes. Sightings and list times are oldest first.
 */
export function computeTimeline(
  sightings: readonly Resource[],
  listedAtMs: readonly number[],
  rule: ResourceLife,
): Timeline {
  const seen = statesOf(sightings, rule);
  const [first] = seen;
  if (first === undefined) return { stretches: [] };
  const stretches: UptimeStretch[] = [];
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
  add(startMs: number, endMs: number, certainty: UptimeStretch['certainty']): void;
  readonly listedAtMs: readonly number[];
}

function addAfter(one: Seen, next: Seen | undefined, log: Log): void {
  const { atMs: startMs, state } = one;
  const endMs = next?.atMs ?? Number.POSITIVE_INFINITY;
  const lists = countBefore(log.listedAtMs, endMs);
  const lastListMs = Math.max(startMs, log.listedAtMs[lists - 1] ?? startMs);
  if (state === 'running' || state === 'presumed') {
    // A second start: the listed run had ended by then, at an unknown time.
    const isRestart = one.isShown && next?.state === 'presumed' && next.isExact;
    if (next !== undefined && (next.state !== 'off' || next.isExact) && !isRestart) {
      // Logged as started and next listed as running: it ran in between.
      const isRunning = one.isExact && next.state !== 'presumed';
      log.add(startMs, endMs, isRunning ? 'running' : state);
    } else if (one.isShown) {
      log.add(startMs, lastListMs, state);
      if (next !== undefined) log.add(lastListMs, endMs, 'possible');
    } else {
      // The first list after the event did not include it, so it had ended by then.
      const goneMs = log.listedAtMs[countBefore(log.listedAtMs, startMs + 1)];
      if (goneMs !== undefined) log.add(startMs, Math.min(goneMs, endMs), 'possible');
    }
  } else if (next?.state === 'running' || (state === 'starting' && next?.state === 'off')) {
    log.add(lastListMs, endMs, 'possible');
  }
}

/** Number of ascending times that are smaller. */
function countBefore(timesMs: readonly number[], beforeMs: number): number {
  return firstWhere(timesMs, (ms) => ms >= beforeMs);
}

function statesOf(sightings: readonly Resource[], rule: ResourceLife): Seen[] {
  const seen: Seen[] = [];
  for (const sighting of withinLife(sightings, rule)) {
    const { status, seenAtMs: atMs } = sighting;
    const before = seen.at(-1);
    const state = stateOf(status, before?.state, rule);
    const isExact = status === UPTIME_EVENT.started || status === UPTIME_EVENT.ended;
    const isSample = !isExact && status !== UPTIME_EVENT.mentioned && status !== GONE_STATUS;
    const isShown = isSample || (!isExact && before?.isShown === true);
    seen.push({ atMs, state, isExact, isShown });
  }
  return seen;
}

function stateOf(status: string | undefined, before: State | undefined, rule: ResourceLife): State {
  if (status === UPTIME_EVENT.started) return 'presumed';
  if (status === UPTIME_EVENT.ended || status === GONE_STATUS) return 'off';
  // Shows that the resource exists, not its state.
  if (status === UPTIME_EVENT.mentioned) return before ?? 'running';
  if (status !== undefined && rule.idle.includes(status)) return 'off';
  if (status === undefined || !rule.starting.includes(status)) return 'running';
  // A logged start is more precise than a list that still shows it as starting.
  return before === 'presumed' || before === 'running' ? before : 'starting';
}

/**
 * Drops impossible sightings. A resource that is listed again was not gone, if it cannot return. A
 * resource with one life runs neither before its logged start nor after its logged end. Of several
 * starts and ends the first counts.
 */
function withinLife(
  sightings: readonly Resource[],
  { oneLife, returns }: ResourceLife,
): readonly Resource[] {
  if (returns === true) return sightings;
  const lastShownMs =
    sightings.findLast(({ status }) => status !== GONE_STATUS && !isEventStatus(status))
      ?.seenAtMs ?? 0;
  const real = sightings.filter(
    ({ status, seenAtMs }) => status !== GONE_STATUS || seenAtMs > lastShownMs,
  );
  if (!oneLife) return real;
  const start = real.find(({ status }) => status === UPTIME_EVENT.started);
  const fromMs = start?.seenAtMs ?? Number.NEGATIVE_INFINITY;
  const end = real.find((one) => one.status === UPTIME_EVENT.ended && one.seenAtMs >= fromMs);
  const toMs = end?.seenAtMs ?? Number.POSITIVE_INFINITY;
  return real.filter((one) => {
    if (one === start || one === end) return true;
    const isSecond = one.status === UPTIME_EVENT.started || one.status === UPTIME_EVENT.ended;
    return !isSecond && one.seenAtMs >= fromMs && one.seenAtMs < toMs;
  });
}
