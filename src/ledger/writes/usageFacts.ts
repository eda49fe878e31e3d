/**
 * Writes usage facts beside intervals: parts, latencies, GPU activity, request counts.
 *
 * Facts of a response replace all known facts of their period, so that nothing counts twice. A line
 * of a file replaces only its own fact.
 */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { quoteShort } from '../../platform/wording.ts';
import type { RepeatLog } from './confirmed.ts';
import type { FactOf, VersionedTable } from './factShape.ts';
import { GPU_ACTIVITY, LATENCY, REQUEST_COUNTS } from './factTables.ts';
import { toContradiction, factExcerpt, type Tally, type FetchOrigin } from './place.ts';
import { createPartWriter } from './usageParts.ts';
import { createSpanReader, type FactSpan, factSpanText, reportSpan } from './usageSpans.ts';
import { createVersionedWriter } from './versioned.ts';

/** The usage facts of a `Fetched`. */
type UsageFactLists = Pick<Fetched, 'usageParts' | 'latency' | 'gpuActivity' | 'requestCounts'>;

export function createUsageFactWriter(db: Database, confirmed: RepeatLog) {
  const writeParts = createPartWriter(db, confirmed);
  const writeLatency = createSpanWriter(db, confirmed, LATENCY);
  const writeActivity = createSpanWriter(db, confirmed, GPU_ACTIVITY);
  const writeCounts = createSpanWriter(db, confirmed, REQUEST_COUNTS);
  return (facts: UsageFactLists, origin: FetchOrigin, tally: Tally): void => {
    const { usageParts = [], latency = [], gpuActivity = [], requestCounts = [] } = facts;
    if (usageParts.length > 0) writeParts(usageParts, origin, tally);
    const histograms = latency.flatMap(({ position, fact }) => {
      const { boundsSeconds, counts, ...rest } = fact;
      if (isHistogram(boundsSeconds, counts)) {
        const json = { boundsJson: JSON.stringify(boundsSeconds) };
        return [
          { position, fact: flatten({ ...rest, ...json, countsJson: JSON.stringify(counts) }) },
        ];
      }
      const reason =
        `invalid ${rest.measure} histogram of ${quoteShort(rest.deployment)}: expected ` +
        'ascending bounds, and one more whole count than bounds';
      tally.rejects.push({ position, reason, excerpt: factExcerpt(fact) });
      return [];
    });
    writeLatency(histograms, origin, tally);
    writeActivity(gpuActivity.map(withFlatFact), origin, tally);
    writeCounts(requestCounts.map(withFlatFact), origin, tally);
  };
}

function isHistogram(bounds: readonly number[], counts: readonly number[]): boolean {
  return (
    counts.length === bounds.length + 1 &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    bounds.every((bound, at) => Number.isFinite(bound) && bound > (bounds[at - 1] ?? -Infinity))
  );
}

function withFlatFact<Fact extends { readonly period: Period }>({ position, fact }: Located<Fact>) {
  return { position, fact: flatten(fact) };
}

function flatten<Fact extends { readonly period: Period }>({ period, ...fact }: Fact) {
  return { ...fact, startMs: period.startMs, endMs: period.endMs };
}

function createSpanWriter<Table extends SQLiteTable>(
  db: Database,
  confirmed: RepeatLog,
  versioned: VersionedTable<Table>,
) {
  const writer = createVersionedWriter(db, confirmed, versioned);
  const inForce = createSpanReader({ db, confirmed }, writer, versioned);
  return (
    located: readonly Located<FactOf<Table> & FactSpan>[],
    origin: FetchOrigin,
    tally: Tally,
  ): void => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const others = inForce.over(fact).filter((row) => !inForce.isKeyOf(row, fact));
      const other = others.find((row) => !inForce.givesWay(row, origin));
      if (other !== undefined) {
        tally.rejects.push(toContradiction(position, `the data ${factSpanText(fact)}`, fact));
        continue;
      }
      for (const row of others) inForce.withdraw(row, origin, tally);
      reportSpan(tally, writer.put(fact, place), { writer, fact, place, nameOf: confirmed.nameOf });
    }
  };
}
