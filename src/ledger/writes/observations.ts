/** Writes observations and entries: resources, availability, GPU rates, worked hours. */

import type { Resource } from '../../domain/charge.ts';
import type { Fetched, Located, OpsEntry, ResourceRoster } from '../../domain/provenance.ts';
import { DAY_MS, dayStartMs } from '../../domain/period.ts';
import type { GpuRate, HostAvailability } from '../../domain/price.ts';
import { GONE_STATUS } from '../../domain/uptime.ts';
import { and, desc, eq, gte, inArray, lt, lte, sql, type Store } from '../store.ts';
import { resourcesSeen } from '../tables/bill.ts';
import { hostAvailability } from '../tables/price.ts';
import type { RepeatLog } from './repeatLog.ts';
import { OPS, RATES } from './factShape.ts';
import { toRegionsJson } from '../priceColumns.ts';
import { reportFact } from './factReport.ts';
import {
  toContradiction,
  countResult,
  NO_POSITION,
  extendReach,
  extendPeriod,
  type Tally,
  type FetchOrigin,
} from './tally.ts';
import { createVersionedWriter } from './versioned.ts';

type Writer<Fact> = (located: readonly Located<Fact>[], origin: FetchOrigin, tally: Tally) => void;

export function createRateWriter({ db }: Store, repeats: RepeatLog): Writer<GpuRate> {
  const { shape, put } = createVersionedWriter(db, repeats, RATES);
  const { nameOf } = repeats;
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const what = `the rate of ${fact.gpuType}`;
      const { regions, ...rate } = fact;
      const result = put({ ...rate, regionsJson: toRegionsJson(regions) }, place);
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, fact.validFromMs);
    }
  };
}

export function createOpsWriter({ db }: Store, repeats: RepeatLog): Writer<OpsEntry> {
  const { shape, put } = createVersionedWriter(db, repeats, OPS);
  const { nameOf } = repeats;
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const what = `the entry "${fact.key}"`;
      const result = put(fact, place);
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, fact.dayMs + DAY_MS);
      extendPeriod(tally, { startMs: fact.dayMs, endMs: fact.dayMs + DAY_MS });
    }
  };
}

/** Availability observed with a price snapshot has its position. */
export function createAvailabilityWriter(
  { db }: Store,
  repeats: RepeatLog,
): Writer<HostAvailability> {
  const { put } = createVersionedWriter(db, repeats, {
    table: hostAvailability,
    key: ['sourceId', 'model', 'host', 'observedAtMs'],
  });
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const outcome = put(fact, { ...origin, position }).put;
      countResult(tally, outcome, () =>
        toContradiction(position, `the provider "${fact.host}"`, fact),
      );
    }
  };
}

/** Writes a resource if it differs from its last snapshot, and once a day in any case. */
export function createResourceWriter(store: Store, repeats: RepeatLog): Writer<Resource> {
  const { put } = createVersionedWriter(store.db, repeats, RESOURCES);
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const { usdPerHour, ...rest } = fact;
      const row = { ...rest, nanoUsdPerHour: usdPerHour ?? null };
      const known = readLastSeen(store, fact, origin.recordedAtMs);
      const isUnchanged =
        known !== undefined &&
        dayStartMs(known.seenAtMs) === dayStartMs(fact.seenAtMs) &&
        COMPARED.every((name) => (row[name] ?? null) === known[name]);
      const outcome = isUnchanged ? 'unchanged' : put(row, { ...origin, position }).put;
      countResult(tally, outcome, () => toContradiction(position, `"${fact.resourceId}"`, fact));
    }
  };
}

/**
 * Writes the end of resources that a complete list no longer has. It covers known resources of the
 * listed kinds, or of the roster, that had not ended yet.
 */
export function createEndedResourceWriter(store: Store, repeats: RepeatLog) {
  const { put } = createVersionedWriter(store.db, repeats, RESOURCES);
  return (fetched: Fetched, origin: FetchOrigin, tally: Tally): void => {
    const { fetch, listed = [], roster, resources = [] } = fetched;
    if (fetch.failure !== undefined) return;
    const present = new Set([
      ...resources.map(({ fact }) => fact.resourceId),
      ...(roster?.ids ?? []),
    ]);
    const at = { fetch, atMs: origin.recordedAtMs };
    const rows = [
      ...(listed.length === 0 ? [] : readListed(store, { ...at, of: inArray(KIND, [...listed]) })),
      ...(roster === undefined ? [] : readListed(store, { ...at, of: inRoster(roster, fetch) })),
    ];
    // A list is as old as its request. Newer snapshots are not affected.
    const newest = new Map(rows.map((row) => [row.resourceId, row]));
    for (const { resourceId, ...known } of newest.values()) {
      if (present.has(resourceId) || known.status === GONE_STATUS) continue;
      const { kind, name, gpuType, gpuCount } = known;
      const seen = { sourceId: fetch.sourceId, resourceId, seenAtMs: fetch.startedAtMs };
      const row = {
        ...seen,
        kind,
        name,
        gpuType,
        gpuCount,
        nanoUsdPerHour: null,
        status: GONE_STATUS,
      };
      const outcome = put(row, { ...origin, position: NO_POSITION }).put;
      countResult(tally, outcome, () => toContradiction(NO_POSITION, `"${resourceId}"`, row));
    }
  };
}

/** The last rows of a source's resources before a list was requested. */
function readListed({ orm }: Store, { fetch, of, atMs }: ListScope) {
  const { sourceId, resourceId, seenAtMs, recordedAtMs, version } = resourcesSeen;
  return orm
    .select()
    .from(resourcesSeen)
    .where(
      and(
        eq(sourceId, fetch.sourceId),
        of,
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

interface ListScope {
  readonly fetch: Fetched['fetch'];
  /** Selects the rows that the list covers. */
  readonly of: ReturnType<typeof and>;
  readonly atMs: number;
}

const { kind: KIND } = resourcesSeen;

/** Existing resources have a row per day. Older rows are of resources that ended long ago. */
function inRoster({ kind, idPrefix }: ResourceRoster, { startedAtMs }: Fetched['fetch']) {
  const { resourceId, seenAtMs } = resourcesSeen;
  const sinceMs = dayStartMs(startedAtMs) - DAY_MS;
  return and(
    eq(KIND, kind),
    gte(resourceId, idPrefix),
    lt(resourceId, `${idPrefix}\u{10ffff}`),
    gte(seenAtMs, sinceMs),
  );
}

const RESOURCES = {
  table: resourcesSeen,
  key: ['sourceId', 'resourceId', 'seenAtMs'],
} as const;

const COMPARED = ['kind', 'name', 'gpuType', 'gpuCount', 'nanoUsdPerHour', 'status'] as const;

function readLastSeen({ orm }: Store, fact: Resource, atMs: number) {
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
