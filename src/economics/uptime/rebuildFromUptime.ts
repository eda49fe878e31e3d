/** Rebuilds charges from uptime: for each resource and day the minutes that it ran. */

import type { Resource } from '../../domain/charge.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import {
  DAY_MS,
  dayStartMs,
  dayText,
  HOUR_MS,
  intersection,
  overlapMs,
  type Period,
} from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import {
  computeTimeline,
  GONE_STATUS,
  isEventStatus,
  type UptimeRule,
  type UptimeStretch,
} from '../../domain/uptime.ts';
import {
  billedBounds,
  chargedMs,
  chargeRuns,
  computePriceStretches,
  type PricedStretch,
  type RebuiltCharge,
} from './charges.ts';
import type { UptimeNote } from '../../domain/billWarning.ts';
import { nanoUsdText } from '../../domain/figures.ts';

/** The ledger's facts about one source. */
export interface UptimeFacts {
  /** Of all its resources, oldest first. */
  readonly sightings: readonly Resource[];
  /**
   * When the rule's list was read, oldest first: all times in the period, and the last one before.
   */
  readonly listedAtMs: readonly number[];
  readonly rates: readonly GpuRate[];
  /** Whole billed days, oldest first, without overlaps. */
  readonly billed?: readonly Period[];
}

/** One resource: its sightings, and the result. */
export interface RebuiltResource {
  readonly resourceId: string;
  readonly sightings: readonly Resource[];
  /** Inside the period. */
  readonly stretches: readonly UptimeStretch[];
  readonly charges: readonly RebuiltCharge[];
  /** The maximum hourly cost now, if its sampled prices are minimums. */
  readonly most?: NanoUsd;
}

export interface RebuiltCharges {
  /** By id; those that ran in the period. */
  readonly resources: readonly RebuiltResource[];
  /** Whole UTC days. */
  readonly window: Period;
  readonly warnings: readonly UptimeNote[];
}

/** The same facts and rule always give the same charges, however often they are rebuilt. */
export function rebuildFromUptime(facts: UptimeFacts, rule: UptimeRule): RebuiltCharges {
  const { listedAtMs, rates, billed = [] } = facts;
  const window = wholeDays(rule.window);
  const unbilled = subtractPeriods(window, billed);
  const notes = createUptimeNotes(rule);
  const resources: RebuiltResource[] = [];
  for (const [resourceId, sightings] of byResource(facts.sightings, rule)) {
    const { stretches: all, ranBeforeMs } = computeTimeline(sightings, listedAtMs, rule);
    const stretches: UptimeStretch[] = [];
    const charges: RebuiltCharge[] = [];
    const most = rule.most?.get(resourceId);
    const prices = applyMaximum(
      most,
      computePriceStretches(pricedSightings(sightings, rule), rates, listedAtMs),
    );
    for (const open of unbilled) {
      if (ranBeforeMs !== undefined) notes.ranBefore(ranBeforeMs, open);
      for (const stretch of all) {
        const shared = intersection(stretch, open);
        if (shared !== undefined) stretches.push({ ...stretch, ...shared });
      }
      charges.push(...chargeRuns({ resourceId, sightings, prices, rule }, { all, window: open }));
    }
    if (stretches.length === 0) continue;
    const name = sightings.findLast((one) => one.name !== resourceId)?.name ?? resourceId;
    notes.take({ name, charges, stretches, prices });
    const bound = most === undefined ? {} : { most };
    resources.push({ resourceId, sightings, stretches, charges, ...bound });
  }
  return { resources, window, warnings: notes.all() };
}

function wholeDays({ startMs, endMs }: Period): Period {
  return { startMs: dayStartMs(startMs), endMs: dayStartMs(endMs - 1) + DAY_MS };
}

/** The parts of a period outside the given periods. */
function subtractPeriods({ startMs, endMs }: Period, taken: readonly Period[]): Period[] {
  const left: Period[] = [];
  let fromMs = startMs;
  for (const one of taken) {
    if (one.startMs > fromMs) left.push({ startMs: fromMs, endMs: Math.min(one.startMs, endMs) });
    fromMs = Math.max(fromMs, one.endMs);
  }
  if (fromMs < endMs) left.push({ startMs: fromMs, endMs });
  return left;
}

const NOTHING = nanoUsd(0n);

/** If prices are minimums, a resource with a GPU type but no GPU count has a minimum of 0. */
function pricedSightings(sightings: readonly Resource[], { most }: UptimeRule) {
  if (most === undefined) return sightings;
  return sightings.map((one) => {
    const { usdPerHour, gpuType, gpuCount, status } = one;
    const isUncounted = usdPerHour === undefined && gpuType !== undefined && gpuCount === undefined;
    if (!isUncounted || status === GONE_STATUS || isEventStatus(status)) return one;
    return { ...one, usdPerHour: NOTHING };
  });
}

function applyMaximum(most: NanoUsd | undefined, prices: readonly PricedStretch[]) {
  if (most === undefined) return prices;
  return prices.map((price) => ({ ...price, high: price.high > most ? price.high : most }));
}

function byResource(sightings: readonly Resource[], { of, except }: UptimeRule) {
  const own = sightings.filter(({ kind }) => kind === of);
  const found = Map.groupBy(own, ({ resourceId }) => resourceId);
  const isExcepted = ({ name }: Resource) => except.some((pattern) => matchesGlob(pattern, name));
  return [...found].filter(([, all]) => !all.some(isExcepted)).sort(([a], [b]) => (a < b ? -1 : 1));
}

interface RebuiltSummary {
  readonly name: string;
  readonly charges: readonly RebuiltCharge[];
  readonly stretches: readonly UptimeStretch[];
  readonly prices: readonly PricedStretch[];
}

const EVER: Period = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

function createUptimeNotes({ most, fix }: Pick<UptimeRule, 'most' | 'fix'>) {
  const cut = { count: 0, sinceMs: Number.POSITIVE_INFINITY };
  const doubt = { count: 0, billed: 0n, less: 0n, more: 0n };
  const unpriced = { names: [] as string[], ms: 0 };
  const early = { count: 0, untilMs: 0 };
  return {
    /** A resource was first seen at this time, and had run before for an unknown time. */
    ranBefore(atMs: number, { startMs, endMs }: Period): void {
      if (atMs <= startMs || atMs >= endMs) return;
      cut.count += 1;
      cut.sinceMs = Math.min(cut.sinceMs, atMs);
    },
    take({ name, charges, stretches, prices }: RebuiltSummary): void {
      if (prices.length === 0) {
        unpriced.names.push(name);
        unpriced.ms += chargedMs(stretches);
        return;
      }
      const { less, more } = billedBounds(stretches, prices, EVER);
      doubt.billed += charges.reduce((sum, { charge }) => sum + charge.billed, 0n);
      if (less > 0n || more > 0n) doubt.count += 1;
      doubt.less += less;
      doubt.more += more;
      const untilMs = earlyUntil(stretches, prices);
      if (untilMs === undefined) return;
      early.count += 1;
      early.untilMs = Math.max(early.untilMs, untilMs);
    },
    all: (): UptimeNote[] => [
      ...(cut.count === 0 ? [] : [cutNote(cut)]),
      ...(doubt.count === 0 ? [] : [doubtNote(doubt, most !== undefined)]),
      ...(unpriced.names.length === 0 ? [] : [unpricedNote(unpriced, fix)]),
      ...(early.count === 0 ? [] : [earlyNote(early)]),
    ],
  };
}

/** The end of early pricing, if more than a day is priced by a later sample. */
function earlyUntil(stretches: readonly UptimeStretch[], prices: readonly PricedStretch[]) {
  const early = prices.find(({ isEarly }) => isEarly === true);
  if (early === undefined) return undefined;
  const ms = stretches.reduce((sum, stretch) => sum + overlapMs(stretch, early), 0);
  return ms > DAY_MS ? early.endMs : undefined;
}

function cutNote({ count, sinceMs }: { count: number; sinceMs: number }): UptimeNote {
  return { code: 'ran-before-first-seen', resources: count, day: dayText(sinceMs) };
}

type Doubt = Record<'billed' | 'less' | 'more', bigint> & { readonly count: number };

function doubtNote({ count, billed, less, more }: Doubt, ofReplicas: boolean): UptimeNote {
  return {
    code: 'uptime-not-observed',
    resources: count,
    ofReplicas,
    chargedUsd: nanoUsdText(billed),
    lowUsd: nanoUsdText(less < billed ? billed - less : 0n),
    highUsd: nanoUsdText(billed + more),
  };
}

const MOST_NAMES = 5;

function unpricedNote(
  { names, ms }: { readonly names: readonly string[]; readonly ms: number },
  fix: string | undefined,
): UptimeNote {
  return {
    code: 'uptime-without-price',
    resources: names.slice(0, MOST_NAMES),
    resourceCount: names.length,
    hours: Math.round(ms / HOUR_MS),
    ...(fix === undefined ? {} : { fix }),
  };
}

function earlyNote({ count, untilMs }: { count: number; untilMs: number }): UptimeNote {
  return { code: 'uptime-before-price', resources: count, day: dayText(untilMs) };
}
