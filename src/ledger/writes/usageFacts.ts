/**
 * Writes what is told of usage beside its rows: parts, latencies, GPU activity, request counts.
 *
 * What an answer tells of a stretch of time takes the place of all that was known of it, so that
 * nothing stands twice; a line of a file takes the place of its own fact alone.
 */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { shown } from '../../platform/wording.ts';
import type { Confirmed } from './confirmed.ts';
import type { FactOf, VersionedTable } from './factShape.ts';
import { GPU_ACTIVITY, LATENCY, REQUEST_COUNTS } from './factTables.ts';
import { contradiction, excerptOf, type Place, type Tally } from './place.ts';
import { createPartWriter } from './usageParts.ts';
import { createStanding, type Spanned, spanText, tell } from './usageSpans.ts';
import { versionedWriter } from './versioned.ts';

type Origin = Omit<Place, 'position'>;

/** The facts of usage as `Fetched` has them. */
type Told = Pick<Fetched, 'usageParts' | 'latency' | 'gpuActivity' | 'requestCounts'>;

export function createUsageFactWriter(db: Database, confirmed: Confirmed) {
  const writeParts = createPartWriter(db, confirmed);
  const writeLatency = createSpanWriter(db, confirmed, LATENCY);
  const writeActivity = createSpanWriter(db, confirmed, GPU_ACTIVITY);
  const writeCounts = createSpanWriter(db, confirmed, REQUEST_COUNTS);
  return (told: Told, origin: Origin, tally: Tally): void => {
    const { usageParts = [], latency = [], gpuActivity = [], requestCounts = [] } = told;
    if (usageParts.length > 0) writeParts(usageParts, origin, tally);
    const histograms = latency.flatMap(({ position, fact }) => {
      const { boundsSeconds, counts, ...rest } = fact;
      if (isHistogram(boundsSeconds, counts)) {
        const json = { boundsJson: JSON.stringify(boundsSeconds) };
        return [{ position, fact: flat({ ...rest, ...json, countsJson: JSON.stringify(counts) }) }];
      }
      const reason =
        `invalid ${rest.measure} histogram of ${shown(rest.deployment)}: expected ` +
        'ascending bounds, and one more whole count than bounds';
      tally.refusals.push({ position, reason, excerpt: excerptOf(fact) });
      return [];
    });
    writeLatency(histograms, origin, tally);
    writeActivity(gpuActivity.map(flattened), origin, tally);
    writeCounts(requestCounts.map(flattened), origin, tally);
  };
}

function isHistogram(bounds: readonly number[], counts: readonly number[]): boolean {
  return (
    counts.length === bounds.length + 1 &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    bounds.every((bound, at) => Number.isFinite(bound) && bound > (bounds[at - 1] ?? -Infinity))
  );
}

function flattened<Fact extends { readonly period: Period }>({ position, fact }: Located<Fact>) {
  return { position, fact: flat(fact) };
}

function flat<Fact extends { readonly period: Period }>({ period, ...fact }: Fact) {
  return { ...fact, startMs: period.startMs, endMs: period.endMs };
}

function createSpanWriter<Table extends SQLiteTable>(
  db: Database,
  confirmed: Confirmed,
  versioned: VersionedTable<Table>,
) {
  const writer = versionedWriter(db, confirmed, versioned);
  const standing = createStanding({ db, confirmed }, writer, versioned);
  return (
    located: readonly Located<FactOf<Table> & Spanned>[],
    origin: Origin,
    tally: Tally,
  ): void => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const others = standing.over(fact).filter((row) => !standing.isKeyOf(row, fact));
      const other = others.find((row) => !standing.givesWay(row, origin));
      if (other !== undefined) {
        tally.refusals.push(contradiction(position, `the data ${spanText(fact)}`, fact));
        continue;
      }
      for (const row of others) standing.withdraw(row, origin, tally);
      tell(tally, writer.put(fact, place), { writer, fact, place, nameOf: confirmed.nameOf });
    }
  };
}
