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
import { shown } from '../../platform/wording.ts';
import type { Confirmed } from './confirmed.ts';
import type { FactOf, VersionedTable } from './factShape.ts';
import { GPU_ACTIVITY, LATENCY, REQUEST_COUNTS } from './factTables.ts';
import { contradiction, excerptOf, type Tally, type FetchOrigin } from './place.ts';
import { createPartWriter } from './usageParts.ts';
import { createStanding, type Spanned, spanText, tell } from './usageSpans.ts';
import { versionedWriter } from './versioned.ts';

/** The usage facts of a `Fetched`. */
type UsageFactLists = Pick<Fetched, 'usageParts' | 'latency' | 'gpuActivity' | 'requestCounts'>;

export function createUsageFactWriter(db: Database, confirmed: Confirmed) {
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
        `invalid ${rest.measure} histogram of ${shown(rest.deployment)}: expected ` +
        'ascending bounds, and one more whole count than bounds';
      tally.refusals.push({ position, reason, excerpt: excerptOf(fact) });
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
  confirmed: Confirmed,
  versioned: VersionedTable<Table>,
) {
  const writer = versionedWriter(db, confirmed, versioned);
  const inForce = createStanding({ db, confirmed }, writer, versioned);
  return (
    located: readonly Located<FactOf<Table> & Spanned>[],
    origin: FetchOrigin,
    tally: Tally,
  ): void => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const others = inForce.over(fact).filter((row) => !inForce.isKeyOf(row, fact));
      const other = others.find((row) => !inForce.givesWay(row, origin));
      if (other !== undefined) {
        tally.refusals.push(contradiction(position, `the data ${spanText(fact)}`, fact));
        continue;
      }
      for (const row of others) inForce.withdraw(row, origin, tally);
      tell(tally, writer.put(fact, place), { writer, fact, place, nameOf: confirmed.nameOf });
    }
  };
}
