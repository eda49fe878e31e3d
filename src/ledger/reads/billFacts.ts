/** Reads how bills arrived day by day, and what inventories listed meanwhile. */

import type { Database } from 'better-sqlite3';
import type { ChargeCategory } from '../../domain/charge.ts';
import type {
  BillFacts,
  BillFactsQuery,
  BillInventory,
  BillStream,
  SeenRunning,
} from '../../domain/completeness.ts';
import { DAY_MS, dayStartMs, type Period, splitByDay } from '../../domain/period.ts';
import { listBillingStatuses } from '../../domain/uptime.ts';
import { lastRecordedMs } from '../recordedTime.ts';
import { prepareExactQuery, prepareQuery } from '../statement.ts';
import { CHARGE_IN_FORCE } from './charges.ts';

/** Recurring categories. Purchases, credits and taxes follow no schedule. */
const RECURRING = `category IN ('compute', 'storage', 'network', 'hosted')`;

/** The rollup has the current state. */
const NOW = `
SELECT day_ms, source_id, resource_id, category, billed_nano_usd AS nano, charges FROM spend_day
WHERE day >= date(:startMs / 1000, 'unixepoch') AND day < date(:endMs / 1000, 'unixepoch')
  AND ${RECURRING}`;

/** The same as of an earlier time. */
const THEN = `
SELECT d.day_ms, charge.source_id, charge.resource_id, charge.category,
  sum(d.billed_nano_usd) AS nano, count(*) AS charges
FROM charge_day d JOIN charge ON charge.charge_ref = d.charge_ref
WHERE d.day_ms >= :startMs AND d.day_ms < :endMs AND ${RECURRING} AND charge.withdrawn = 0
  AND ${CHARGE_IN_FORCE}
GROUP BY d.day_ms, charge.source_id, charge.resource_id, charge.category`;

const LONG = `
SELECT source_id AS sourceId, category, start_ms AS startMs, end_ms AS endMs
FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :startMs AND start_ms < :endMs
  AND ${RECURRING} AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`;

export function readBillFacts(
  db: Database,
  { window, asOfMs, sources }: BillFactsQuery,
): BillFacts {
  const { startMs, endMs } = window;
  const days = { startMs: dayStartMs(startMs), endMs: dayStartMs(endMs + DAY_MS - 1) };
  const parameters = { ...days, asOfMs, words: statusJson(sources) };
  const billed = asOfMs >= lastRecordedMs(db) ? NOW : THEN;
  return {
    streams: readStreams(db, billed, parameters),
    inventories: readInventories(db, billed, parameters),
    seen: readRunning(db, billed, parameters),
  };
}

interface QueryParameters extends Period {
  readonly asOfMs: number;
  /** JSON; see {@link WORDS}. */
  readonly words: string;
}

/** What the status of a resource means: `[["vast", "instance", "running", "billed", 1], …]`. */
const WORDS = `
word AS (
  SELECT value ->> 0 AS source_id, value ->> 1 AS kind, value ->> 2 AS status, value ->> 3 AS says,
    value ->> 4 AS is_on_bill
  FROM json_each(:words)
)`;

function statusJson(sources: BillFactsQuery['sources']): string {
  const rows = sources.flatMap(({ id, states = {} }) =>
    listBillingStatuses(states).map(({ kind, status, says }) => {
      return [id, kind, status, says, Number(states[kind]?.isOnBill === true)];
    }),
  );
  return JSON.stringify(rows);
}

interface LongCharge extends Period {
  readonly sourceId: string;
  readonly category: ChargeCategory;
}

interface StreamRow {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  readonly dayMs: bigint;
  readonly nano: bigint;
  readonly charges: bigint;
}

/** If a category has charges of a day or less, only these define its billing interval. */
function readStreams(db: Database, billed: string, parameters: QueryParameters): BillStream[] {
  const sql = `
    SELECT source_id AS sourceId, category, day_ms AS dayMs, sum(nano) AS nano,
      sum(charges) AS charges
    FROM (${billed}) GROUP BY source_id, category, day_ms ORDER BY source_id, category, day_ms`;
  const rows = prepareExactQuery<StreamRow>(db, sql).all(parameters);
  const long = longCharges(db, parameters);
  const groups = Map.groupBy(rows, ({ sourceId, category }) => streamKey(sourceId, category));
  return [...groups.values()].flatMap((group): BillStream[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { sourceId, category } = first;
    const longOnes = long.get(streamKey(sourceId, category));
    const short = group.filter(
      ({ dayMs, charges }) => charges > BigInt(longOnes?.byDay.get(Number(dayMs)) ?? 0),
    );
    const counted = short.length > 0 ? short : group;
    const periodMs = short.length > 0 ? DAY_MS : (longOnes?.shortestMs ?? DAY_MS);
    const days = new Map(counted.map(({ dayMs, nano }) => [Number(dayMs), nano]));
    return [{ sourceId, category, periodMs, days }];
  });
}

function streamKey(sourceId: string, category: string): string {
  return `${category} ${sourceId}`;
}

interface LongCharges {
  shortestMs: number;
  /** The number of long charges by day. */
  readonly byDay: Map<number, number>;
}

function longCharges(db: Database, parameters: QueryParameters): Map<string, LongCharges> {
  const all = new Map<string, LongCharges>();
  for (const charge of prepareQuery<LongCharge>(db, LONG).all(parameters)) {
    const key = streamKey(charge.sourceId, charge.category);
    const entry = all.get(key) ?? { shortestMs: Number.POSITIVE_INFINITY, byDay: new Map() };
    all.set(key, entry);
    entry.shortestMs = Math.min(entry.shortestMs, charge.endMs - charge.startMs);
    const inside = {
      startMs: Math.max(charge.startMs, parameters.startMs),
      endMs: Math.min(charge.endMs, parameters.endMs),
    };
    for (const piece of splitByDay(inside)) {
      const dayMs = dayStartMs(piece.startMs);
      entry.byDay.set(dayMs, (entry.byDay.get(dayMs) ?? 0) + 1);
    }
  }
  return all;
}

/** What was listed by day. A status that its source does not define counts as `unsure`. */
const SEEN = `
WITH ${WORDS}
SELECT DISTINCT r.source_id AS sourceId, r.seen_at_ms - r.seen_at_ms % ${DAY_MS} AS dayMs,
  CASE WHEN r.kind = 'volume' THEN 'kept' ELSE coalesce(w.says, 'unsure') END AS what
FROM resource_seen r LEFT JOIN word w
  ON w.source_id = r.source_id AND w.kind = r.kind AND w.status = lower(r.status)
WHERE r.seen_at_ms >= :startMs AND r.seen_at_ms < :endMs AND r.recorded_at_ms <= :asOfMs
  AND r.kind <> 'serverless'`;

/** Days on which all requests succeeded that ever returned a resource of the source. */
const ANSWERED = `
WITH asks AS (
  SELECT DISTINCT s.source_id, f.kind FROM resource_seen s
  JOIN fetch f ON f.fetch_ref = s.fetch_ref WHERE s.recorded_at_ms <= :asOfMs
)
SELECT asks.source_id AS sourceId, f.started_at_ms - f.started_at_ms % ${DAY_MS} AS dayMs
FROM asks JOIN fetch f ON f.source_id = asks.source_id AND f.kind = asks.kind
WHERE f.started_at_ms >= :startMs AND f.started_at_ms < :endMs AND f.recorded_at_ms <= :asOfMs
  AND f.finished = 1 AND f.failure_code IS NULL
GROUP BY 1, 2
HAVING count(DISTINCT f.kind) = (SELECT count(*) FROM asks a WHERE a.source_id = asks.source_id)`;

/** Sources with a billed resource that no inventory lists. */
const unlistedSources = (billed: string) => `
SELECT DISTINCT b.source_id FROM (SELECT DISTINCT source_id, resource_id FROM (${billed})) b
WHERE NOT EXISTS (
  SELECT 1 FROM resource_seen s
  WHERE s.source_id = b.source_id AND s.resource_id = b.resource_id AND s.kind <> 'serverless'
    AND s.recorded_at_ms <= :asOfMs)`;

interface DayRow {
  readonly sourceId: string;
  readonly dayMs: number;
  readonly what: 'billed' | 'idle' | 'kept' | 'unsure';
}

function readInventories(
  db: Database,
  billed: string,
  parameters: QueryParameters,
): BillInventory[] {
  const seen = prepareQuery<DayRow>(db, SEEN).all(parameters);
  const answered = prepareQuery<DayRow>(db, ANSWERED).all(parameters);
  const partial = new Set(
    prepareQuery<string>(db, unlistedSources(billed)).pluck().all(parameters),
  );
  const ids = new Set([...seen, ...answered].map(({ sourceId }) => sourceId));
  return [...ids].sort().map((sourceId) => {
    const ofSource = seen.filter((row) => row.sourceId === sourceId);
    const daysOf = (rows: readonly DayRow[]) => new Set(rows.map(({ dayMs }) => dayMs));
    return {
      sourceId,
      isWhole: !partial.has(sourceId),
      answered: daysOf(answered.filter((row) => row.sourceId === sourceId)),
      running: daysOf(ofSource.filter(({ what }) => what === 'billed')),
      unsure: daysOf(ofSource.filter(({ what }) => what === 'unsure')),
      kept: daysOf(ofSource.filter(({ what }) => what === 'kept')),
    };
  });
}

const MACHINES = `
WITH ${WORDS}
SELECT r.source_id AS sourceId, r.resource_id AS resourceId, max(r.name) AS name,
  json_group_array(DISTINCT r.seen_at_ms - r.seen_at_ms % ${DAY_MS}) AS days
FROM resource_seen r JOIN word w
  ON w.source_id = r.source_id AND w.kind = r.kind AND w.status = lower(r.status)
WHERE r.seen_at_ms >= :startMs AND r.seen_at_ms < :endMs AND r.recorded_at_ms <= :asOfMs
  AND w.says = 'billed' AND w.is_on_bill = 1
GROUP BY r.source_id, r.resource_id ORDER BY r.source_id, r.resource_id`;

const billedSpans = (billed: string) => `
SELECT source_id AS sourceId, resource_id AS resourceId, min(day_ms) AS fromMs, max(day_ms) AS toMs
FROM (${billed}) GROUP BY source_id, resource_id`;

interface MachineRow {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly name: string;
  readonly days: string;
}

interface SpanRow {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

function readRunning(db: Database, billed: string, parameters: QueryParameters): SeenRunning[] {
  const machines = prepareQuery<MachineRow>(db, MACHINES).all(parameters);
  if (machines.length === 0) return [];
  const rows = prepareQuery<SpanRow>(db, billedSpans(billed)).all(parameters);
  const byId = new Map(rows.map((row) => [`${row.sourceId} ${row.resourceId}`, row]));
  return machines.map(({ days, ...machine }) => {
    const { sourceId, resourceId } = machine;
    // A part of a resource, like the worker of an endpoint, is billed with it.
    const [whole = resourceId] = resourceId.split('/', 1);
    const span = byId.get(`${sourceId} ${resourceId}`) ?? byId.get(`${sourceId} ${whole}`);
    return {
      ...machine,
      days: (JSON.parse(days) as number[]).toSorted((a, b) => a - b),
      ...(span === undefined ? {} : { billedFromMs: span.fromMs, billedToMs: span.toMs }),
    };
  });
}
