/**
 * How what was seen at a moment or is told line by line is written: resources, hosts'
 * availability, rates, hours worked, invoices.
 */

import type { Resource } from '../../domain/charge.ts';
import type { InvoiceLine } from '../../domain/invoice.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import { DAY_MS, dayStartMs } from '../../domain/period.ts';
import type { GpuRate, HostAvailability } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { and, desc, eq, lte } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { resourcesSeen } from '../tables/bill.ts';
import { hostAvailability } from '../tables/price.ts';
import type { Confirmed } from './confirmed.ts';
import { INVOICES, OPS, RATES } from './factTables.ts';
import { tellPut } from './meeting.ts';
import { contradiction, count, type Place, reachTo, spanFacts, type Tally } from './place.ts';
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

export function createInvoiceWriter({ db }: Store, confirmed: Confirmed): Writer<InvoiceLine> {
  const { shape, put } = versionedWriter(db, confirmed, INVOICES);
  const { nameOf } = confirmed;
  return (located, origin, tally) => {
    for (const { position, fact } of located) {
      const { period, amount, ...rest } = fact;
      const place = { ...origin, position };
      const what = `the line of invoice ${fact.invoiceId}`;
      const result = put({ ...rest, ...period, amountNanoUsd: amount }, place);
      tellPut(tally, result, { shape, place, what, fact, nameOf });
      reachTo(tally, result.put, period.endMs);
      spanFacts(tally, period);
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
  const { put } = versionedWriter(store.db, confirmed, {
    table: resourcesSeen,
    key: ['sourceId', 'resourceId', 'seenAtMs'],
  });
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
