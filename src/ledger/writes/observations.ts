/**
 * How what was seen at a moment or is told line by line is written: resources, hosts'
 * availability, rates, hours worked.
 */

import type { Resource } from '../../domain/charge.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import { DAY_MS, dayStartMs } from '../../domain/period.ts';
import type { GpuRate, HostAvailability } from '../../domain/price.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { GONE } from '../../domain/uptime.ts';
import { and, desc, eq, inArray, lte, sql } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { resourcesSeen } from '../tables/bill.ts';
import { hostAvailability } from '../tables/price.ts';
import type { Confirmed } from './confirmed.ts';
import { OPS, RATES } from './factTables.ts';
import { tellPut } from './meeting.ts';
import {
  contradiction,
  count,
  NOWHERE,
  type Place,
  reachTo,
  spanFacts,
  type Tally,
} from './place.ts';
import { versionedWriter } from './versioned.ts';

type Origin = Omit<Place, 'position'>;
type Writer<Fact> = (located: readonly Located<Fact>[], origin: Origin, tally: Tally) => void;

export function createRateWriter({ db }: Store, confirmed: Confirmed): Writer<GpuRate> {
  const { shape, put } = versionedWriter(db, confirmed, RATES);
  const { nameOf } = confirmed;
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const what = `the rate of ${fact.gpuType}`;
      const result = put(fact, place);
      tellPut(tally, result, { shape, place, what, fact, nameOf });
      reachTo(tally, result.put, fact.validFromMs);
    }
  };
}

export function createOpsWriter({ db }: Store, confirmed: Confirmed): Writer<OpsEntry> {
  const { shape, put } = versionedWriter(db, confirmed, OPS);
  const { nameOf } = confirmed;
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const what = `the entry "${fact.key}"`;
      const result = put(fact, place);
      tellPut(tally, result, { shape, place, what, fact, nameOf });
      reachTo(tally, result.put, fact.dayMs + DAY_MS);
      spanFacts(tally, { startMs: fact.dayMs, endMs: fact.dayMs + DAY_MS });
    }
  };
}

/** Availability observed beside a price snapshot shares its position. */
export function createAvailabilityWriter(
  { db }: Store,
  confirmed: Confirmed,
): Writer<HostAvailability> {
  const { put } = versionedWriter(db, confirmed, {
    table: hostAvailability,
    key: ['sourceId', 'model', 'host', 'observedAtMs'],
  });
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const outcome = put(fact, { ...origin, position }).put;
      count(tally, outcome, () => contradiction(position, `the host "${fact.host}"`, fact));
    }
  };
}

/** A resource is written when it differs from how it was seen last, and once a day besides. */
export function createResourceWriter(store: Store, confirmed: Confirmed): Writer<Resource> {
  const { put } = versionedWriter(store.db, confirmed, RESOURCES);
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const { usdPerHour, ...rest } = fact;
      const row = { ...rest, nanoUsdPerHour: usdPerHour ?? null };
      const known = seenBefore(store, fact, origin.recordedAtMs);
      const nothingNew =
        known !== undefined &&
        dayStartMs(known.seenAtMs) === dayStartMs(fact.seenAtMs) &&
        SHOWN.every((name) => (row[name] ?? null) === known[name]);
      const outcome = nothingNew ? 'unchanged' : put(row, { ...origin, position }).put;
      count(tally, outcome, () => contradiction(position, `"${fact.resourceId}"`, fact));
    }
  };
}

/**
 * Writes as gone what a whole list no longer has: each resource of its kinds that is known by then,
 * was not gone yet, and is not among those told.
 */
export function createGoneWriter(store: Store, confirmed: Confirmed) {
  const { put } = versionedWriter(store.db, confirmed, RESOURCES);
  return ({ fetch, listed, resources = [] }: Fetched, origin: Origin, tally: Tally): void => {
    if (listed === undefined || listed.length === 0 || fetch.failure !== undefined) return;
    const told = new Set(resources.map(({ fact }) => fact.resourceId));
    // A list is as old as the question: what was seen since is no older.
    const newest = new Map<string, ReturnType<typeof standing>[number]>();
    for (const row of standing(store, { fetch, listed, atMs: origin.recordedAtMs })) {
      newest.set(row.resourceId, row);
    }
    for (const { resourceId, ...known } of newest.values()) {
      if (told.has(resourceId) || known.status === GONE) continue;
      const { kind, name, gpuType, gpuCount } = known;
      const seen = { sourceId: fetch.sourceId, resourceId, seenAtMs: fetch.startedAtMs };
      const row = { ...seen, kind, name, gpuType, gpuCount, nanoUsdPerHour: null, status: GONE };
      const outcome = put(row, { ...origin, position: NOWHERE }).put;
      count(tally, outcome, () => contradiction(NOWHERE, `"${resourceId}"`, row));
    }
  };
}

/** Rows of one source by kind, oldest first, up to the moment of a list. */
function standing(
  { orm }: Store,
  { fetch, listed, atMs }: Required<Pick<Fetched, 'fetch' | 'listed'>> & { readonly atMs: number },
) {
  const { sourceId, resourceId, kind, seenAtMs, recordedAtMs, version } = resourcesSeen;
  return orm
    .select()
    .from(resourcesSeen)
    .where(
      and(
        eq(sourceId, fetch.sourceId),
        inArray(kind, [...listed]),
        lte(seenAtMs, fetch.startedAtMs),
        lte(recordedAtMs, atMs),
        sql`${seenAtMs} = (SELECT max(n.seen_at_ms) FROM resource_seen n
          WHERE n.source_id = ${fetch.sourceId} AND n.resource_id = resource_seen.resource_id
            AND n.seen_at_ms <= ${fetch.startedAtMs} AND n.recorded_at_ms <= ${atMs})`,
      ),
    )
    .orderBy(resourceId, recordedAtMs, version)
    .all();
}

const RESOURCES = {
  table: resourcesSeen,
  key: ['sourceId', 'resourceId', 'seenAtMs'],
} as const;

const SHOWN = ['kind', 'name', 'gpuType', 'gpuCount', 'nanoUsdPerHour', 'status'] as const;

function seenBefore({ orm }: Store, fact: Resource, atMs: number) {
  return orm
    .select()
    .from(resourcesSeen)
    .where(
      and(
        eq(resourcesSeen.sourceId, fact.sourceId),
        eq(resourcesSeen.resourceId, fact.resourceId),
        lte(resourcesSeen.seenAtMs, fact.seenAtMs),
        lte(resourcesSeen.recordedAtMs, atMs),
      ),
    )
    .orderBy(
      desc(resourcesSeen.seenAtMs),
      desc(resourcesSeen.recordedAtMs),
      desc(resourcesSeen.version),
    )
    .limit(1)
    .get();
}
