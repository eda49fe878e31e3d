/** The daily rollup of usage: maintained with the intervals, and checked against them. */

import Sqlite, { type Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import type { LedgerRowFault } from '../domain/ledgerFaults.ts';
import { DAY_MS, dayStartMs, dayText } from '../domain/period.ts';
import { getRow, prepareExactQuery, prepareQuery } from './statement.ts';
import type { LedgerFault } from './checks/check.ts';

/** The columns of a day after its key, from the intervals in force that start on that day. */
const SUMS = `
sum(u.uncached_prompt_tokens), sum(u.cached_prompt_tokens), sum(u.output_tokens), sum(u.requests),
  sum(u.busy_ms), sum(u.replica_ms), count(*), count(u.cached_prompt_tokens), count(u.requests),
  count(u.busy_ms), count(u.replica_ms), sum(u.estimated)
FROM usage u
WHERE u.series_ref = :seriesRef AND u.start_ms >= :dayMs AND u.start_ms < :nextMs
  AND u.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM usage n
    WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
  )
HAVING count(*) > 0`;

const STORED = `
uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests, busy_ms, replica_ms,
  intervals, cached_known, requests_known, busy_known, replicas_known, estimated`;

const ROLL = `
INSERT OR REPLACE INTO usage_day (series_ref, day_ms, ${STORED})
SELECT :seriesRef, :dayMs, ${SUMS}`;

const FORGET = 'DELETE FROM usage_day WHERE series_ref = :seriesRef AND day_ms = :dayMs';

/** Collects the days that writes touch until they are rolled up. */
export interface UsageRollup {
  /** Call it for each version of an interval that is written. */
  touch(seriesRef: number, startMs: number): void;
  /**
   * Sums the touched days again. Call it in the writing transaction.
   * @throws {Failure} `malformed` if a day's sum overflows.
   */
  roll(): void;
}

/**
 * A day is summed from its intervals whenever one changes, never incremented. Late, restated or
 * withdrawn intervals need no special case.
 */
export function createUsageRollup(db: Database): UsageRollup {
  const sum = db.prepare(ROLL);
  const remove = db.prepare(FORGET);
  const touched = new Map<number, Set<number>>();
  const last = { seriesRef: Number.NaN, dayMs: Number.NaN };
  const roll = (seriesRef: number, dayMs: number) => {
    const changed = checkOverflow(db, { seriesRef, dayMs }, () => {
      return sum.run({ seriesRef, dayMs, nextMs: dayMs + DAY_MS }).changes;
    });
    if (changed === 0) remove.run({ seriesRef, dayMs });
  };
  return {
    touch(seriesRef, startMs) {
      // The million rows of a file are ordered by day.
      const isSame = last.seriesRef === seriesRef && startMs - last.dayMs < DAY_MS;
      if (isSame && startMs >= last.dayMs) return;
      Object.assign(last, { seriesRef, dayMs: dayStartMs(startMs) });
      const days = touched.get(seriesRef) ?? new Set();
      touched.set(seriesRef, days.add(last.dayMs));
    },
    roll() {
      for (const [seriesRef, days] of touched) for (const dayMs of days) roll(seriesRef, dayMs);
      touched.clear();
      last.seriesRef = Number.NaN;
    },
  };
}

interface SeriesDay {
  readonly seriesRef: number;
  readonly dayMs: number;
}

const DEPLOYMENT = 'SELECT deployment FROM usage_series WHERE series_ref = ?';

/** Reports an overflow: counters whose daily sum exceeds 64 bits are wrong. */
function checkOverflow<T>(db: Database, { seriesRef, dayMs }: SeriesDay, sum: () => T): T {
  try {
    return sum();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    const deployment = getRow(prepareQuery<string>(db, DEPLOYMENT).pluck(), seriesRef);
    throw new Failure(
      'malformed',
      `the usage of ${deployment} on ${dayText(dayMs)} adds up to more than the ledger can store`,
      {
        cause: error,
        hint: 'check the units of tokens, requests, busy seconds and replica seconds',
      },
    );
  }
}

function isOverflow(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.message === 'integer overflow';
}

interface SeriesRow {
  readonly seriesRef: number;
  readonly deployment: string;
  readonly sourceId: string;
}

const ALL_SERIES = `
SELECT series_ref AS seriesRef, deployment, source_id AS sourceId
FROM usage_series ORDER BY deployment, source_id`;

/** Compares every day with its intervals, and yields the days that differ. */
export function* usageDayFaults(db: Database): Generator<LedgerFault> {
  for (const { seriesRef, deployment, sourceId } of prepareQuery<SeriesRow>(db, ALL_SERIES).all()) {
    for (const { dayMs, wrong } of findDifferences(db, seriesRef)) {
      const key = `usage of ${deployment} from ${sourceId}, ${dayText(dayMs)}`;
      yield { table: 'usage_day', key, wrong };
    }
  }
}

type Sums = readonly (bigint | null)[];

interface DayDifference {
  readonly dayMs: number;
  readonly wrong: LedgerRowFault;
}

const NEXT_START = 'SELECT min(start_ms) FROM usage WHERE series_ref = ? AND start_ms >= ?';

/** The days of one series that differ from its intervals. */
function* findDifferences(db: Database, seriesRef: number): Generator<DayDifference> {
  const stored = readStoredDays(db, seriesRef);
  const sums = createDaySums(db);
  const next = prepareQuery<number | null>(db, NEXT_START).pluck();
  const nextStart = (startMs: number) => getRow(next, seriesRef, startMs);
  for (let at = nextStart(Number.MIN_SAFE_INTEGER); at !== null; ) {
    const dayMs = dayStartMs(at);
    const wrong = difference(stored.get(dayMs), sums({ seriesRef, dayMs }));
    if (wrong !== undefined) yield { dayMs, wrong };
    stored.delete(dayMs);
    at = nextStart(dayMs + DAY_MS);
  }
  for (const dayMs of stored.keys()) yield { dayMs, wrong: { code: 'usage-day-without-usage' } };
}

function readStoredDays(db: Database, seriesRef: number): Map<number, Sums> {
  const stored = prepareExactQuery<[bigint, ...Sums]>(
    db,
    `SELECT day_ms, ${STORED} FROM usage_day WHERE series_ref = ?`,
  ).raw();
  const rows = stored.all(seriesRef);
  return new Map(rows.map(([dayMs, ...sums]) => [Number(dayMs), sums]));
}

/** The sums of a day: `undefined` without intervals, `[]` if they overflow. */
function createDaySums(db: Database): (day: SeriesDay) => Sums | undefined {
  const sums = prepareExactQuery<Sums>(db, `SELECT ${SUMS}`).raw();
  return ({ seriesRef, dayMs }) => {
    try {
      return sums.get({ seriesRef, dayMs, nextMs: dayMs + DAY_MS });
    } catch (error) {
      if (isOverflow(error)) return [];
      throw error;
    }
  };
}

/** The first column that differs, or `undefined` if none does. */
function difference(
  storedSums: Sums | undefined,
  given: Sums | undefined,
): LedgerRowFault | undefined {
  if (storedSums === undefined && given === undefined) return undefined;
  if (given === undefined) return { code: 'usage-day-without-usage' };
  if (given.length === 0) return { code: 'usage-day-too-large' };
  if (storedSums === undefined) return { code: 'usage-day-missing' };
  const at = given.findIndex((value, column) => value !== storedSums[column]);
  if (at < 0) return undefined;
  const column = STORED.split(',')[at]?.trim() ?? '';
  const toText = (value: bigint | null | undefined) => value?.toString() ?? null;
  return {
    code: 'usage-day-differs',
    column,
    held: toText(storedSums[at]),
    given: toText(given[at]),
  };
}
