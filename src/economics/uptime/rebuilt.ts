/** Charges rebuilt from uptime: for each resource and day the minutes that it ran. */

import type { Resource } from '../../domain/charge.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { DAY_MS, dayStartMs, intersection, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import { chargesOf, type RebuiltCharge } from './charges.ts';
import { newUptimeNotes } from './notes.ts';
import { pricesOf } from './prices.ts';
import { type Stretch, timelineOf } from './timeline.ts';

/** What the ledger knows of one source. */
export interface UptimeFacts {
  /** Of all its resources, oldest first. */
  readonly sightings: readonly Resource[];
  /** When the list of the rule was read, oldest first; all of the window and the last before it. */
  readonly listedAtMs: readonly number[];
  readonly rates: readonly GpuRate[];
}

/** One resource: what was seen of it, and what follows. */
export interface RebuiltResource {
  readonly resourceId: string;
  readonly sightings: readonly Resource[];
  /** Inside the window. */
  readonly stretches: readonly Stretch[];
  readonly charges: readonly RebuiltCharge[];
}

export interface Rebuilt {
  /** By id; those that ran in the window. */
  readonly resources: readonly RebuiltResource[];
  /** Whole UTC days. */
  readonly window: Period;
  readonly warnings: readonly string[];
}

/** The same facts and rule give the same charges, whenever and however often they are rebuilt. */
export function rebuiltCharges(facts: UptimeFacts, rule: UptimeRule): Rebuilt {
  const { listedAtMs, rates } = facts;
  const window = wholeDays(rule.window);
  const notes = newUptimeNotes();
  const resources: RebuiltResource[] = [];
  for (const [resourceId, sightings] of byResource(facts.sightings, rule)) {
    const { stretches: all, ranBeforeMs } = timelineOf(sightings, listedAtMs, rule);
    if (ranBeforeMs !== undefined) notes.ranBefore(ranBeforeMs, window);
    const stretches = all.flatMap((stretch) => {
      const shared = intersection(stretch, window);
      return shared === undefined ? [] : [{ ...stretch, ...shared }];
    });
    if (stretches.length === 0) continue;
    const prices = pricesOf(sightings, rates, listedAtMs);
    const charges = chargesOf({ resourceId, sightings, prices, rule }, { all, window });
    notes.take({ charges, stretches, prices });
    resources.push({ resourceId, sightings, stretches, charges });
  }
  return { resources, window, warnings: notes.all() };
}

function wholeDays({ startMs, endMs }: Period): Period {
  return { startMs: dayStartMs(startMs), endMs: dayStartMs(endMs - 1) + DAY_MS };
}

function byResource(sightings: readonly Resource[], { of, except }: UptimeRule) {
  const found = new Map<string, Resource[]>();
  for (const one of sightings) {
    if (one.kind !== of) continue;
    const known = found.get(one.resourceId);
    if (known === undefined) found.set(one.resourceId, [one]);
    else known.push(one);
  }
  const isExcepted = ({ name }: Resource) => except.some((pattern) => matchesGlob(pattern, name));
  return [...found].filter(([, all]) => !all.some(isExcepted)).sort(([a], [b]) => (a < b ? -1 : 1));
}
