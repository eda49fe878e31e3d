/** Knows how intervals are written: in bulk where their time is new, one by one where it is not. */

import type { Database, Statement } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { Confirmed } from './confirmed.ts';
import { contradiction, count, type Place, type Put, spanFacts, type Tally } from './place.ts';
import { type BatchSeries, createBatchSorter } from './series.ts';

type Origin = Omit<Place, 'position'>;

export interface UsageWriter {
  append(located: readonly Located<UsageRow>[], origin: Origin, tally: Tally): void;
}

const INSERT = `
INSERT INTO usage (
  uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests, busy_ms, replica_ms,
  estimated, end_ms, withdrawn, series_ref, start_ms, version, recorded_at_ms, fetch_ref, position
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Every version of every interval that may reach into a stretch of time. */
const NEAR = `
SELECT uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests, busy_ms, replica_ms,
  estimated, end_ms, withdrawn, start_ms, version, recorded_at_ms, fetch_ref
FROM usage WHERE series_ref = ? AND start_ms > ? AND start_ms < ?
ORDER BY start_ms, recorded_at_ms, version`;

export function createUsageWriter(db: Database, confirmed: Confirmed): UsageWriter {
  const sortBatch = createBatchSorter(db);
  const insert = db.prepare(INSERT);
  const putCarefully = carefulPut(db, insert, confirmed);
  return {
    append(located, origin, tally) {
      const { recordedAtMs, fetchRef } = origin;
      const series = sortBatch(located);
      for (let at = 0; at < located.length; at++) {
        const { position, fact } = located[at] as Located<UsageRow>;
        const own = series[at] as BatchSeries;
        if (own.fresh) {
          // Positional and without a spread: this line runs a million times for a large file.
          // biome-ignore format: two columns a fact are easier to hold against the statement
          insert.run(
            fact.uncachedPromptTokens, fact.cachedPromptTokens ?? null, fact.outputTokens,
            fact.requests ?? null, fact.busyMs ?? null, fact.replicaMs ?? null,
            fact.estimated === true ? 1 : 0, fact.period.endMs, 0,
            own.seriesRef, fact.period.startMs, 1, recordedAtMs, fetchRef, position,
          );
          tally.added += 1;
        } else {
          const put = putCarefully(fact, own, { ...origin, position, tally });
          count(tally, put, () => contradiction(position, named(fact), fact));
        }
      }
      for (const own of new Set(series)) spanFacts(tally, own);
    },
  };
}

function named({ deployment, period }: UsageRow): string {
  return `usage of "${deployment}" for ${new Date(period.startMs).toISOString()}`;
}

/** A stored interval: its contents, then where it stands. */
type Contents = readonly [
  uncached: number,
  cached: number | null,
  output: number,
  requests: number | null,
  busyMs: number | null,
  replicaMs: number | null,
  estimated: number,
  endMs: number,
  withdrawn: number,
];
type StoredInterval = readonly [
  ...Contents,
  startMs: number,
  version: number,
  recordedAtMs: number,
  fetchRef: number,
];

function contentsOf(row: UsageRow): Contents {
  return [
    row.uncachedPromptTokens,
    row.cachedPromptTokens ?? null,
    row.outputTokens,
    row.requests ?? null,
    row.busyMs ?? null,
    row.replicaMs ?? null,
    row.estimated === true ? 1 : 0,
    row.period.endMs,
    0,
  ];
}
const CONTENTS = 9;

interface CarefulPlace extends Place {
  readonly tally: Tally;
}

/**
 * Writes one interval where others are stored near it. The same again is known; other values for the same
 * start are a new version; intervals of another grid that it overlaps are withdrawn, so that the same
 * traffic is never counted twice. Within one answer the first of two that disagree stands.
 */
function carefulPut(db: Database, insert: Statement, confirmed: Confirmed) {
  const near = db.prepare(NEAR).safeIntegers(false).raw();
  return (row: UsageRow, own: BatchSeries, place: CarefulPlace): Put => {
    const { startMs, endMs } = row.period;
    const rows = near.all(own.seriesRef, startMs - own.longestMs, endMs) as StoredInterval[];
    const standing = inForceByStart(rows, place.recordedAtMs);
    const same = standing.get(startMs);
    const contents = contentsOf(row);
    const key = (interval: StoredInterval) => `${own.seriesRef}\n${interval[9]}`;
    if (same !== undefined && contents.every((value, at) => value === same[at])) {
      if (same[12] !== place.fetchRef) confirmed.note(place.fetchRef, 'usage', key(same));
      return 'unchanged';
    }
    const replaced = [...standing.values()].filter((old) => old[7] > startMs && old[8] === 0);
    const ofThisAnswer = (old: StoredInterval) =>
      old[12] === place.fetchRef || confirmed.has(place.fetchRef, 'usage', key(old));
    if (replaced.some(ofThisAnswer)) return 'contradicted';
    const write = (values: Contents, atMs: number) => {
      const version = 1 + Math.max(0, ...rows.filter((old) => old[9] === atMs).map((old) => old[10]));
      const { recordedAtMs, fetchRef, position } = place;
      insert.run(...values, own.seriesRef, atMs, version, recordedAtMs, fetchRef, position);
    };
    for (const old of replaced.filter((old) => old[9] !== startMs)) {
      const [uncached, cached, output, requests, busyMs, replicaMs, estimated, oldEndMs] = old;
      write(
        [uncached, cached, output, requests, busyMs, replicaMs, estimated, oldEndMs, 1],
        old[9],
      );
      place.tally.restated += 1;
    }
    write(contents, startMs);
    return same === undefined ? 'added' : 'restated';
  };
}

function inForceByStart(
  rows: readonly StoredInterval[],
  atMs: number,
): Map<number, StoredInterval> {
  // Rows come oldest first, so that the last one of a start is the one in force.
  return new Map(rows.filter((row) => row[11] <= atMs).map((row) => [row[9], row]));
}
