/** How bills came in day by day, and what inventories saw meanwhile. */

import type { Database } from 'better-sqlite3';
import type { ChargeCategory } from '../../domain/charge.ts';
import type {
  BillFacts,
  BillFactsWish,
  BillInventory,
  BillStream,
  SeenRunning,
} from '../../domain/completeness.ts';
import { DAY_MS, dayStartMs, type Period, splitByDay } from '../../domain/period.ts';
import { stateWords } from '../../domain/uptime.ts';
import { lastRecordedMs } from '../recordedTime.ts';
import { CHARGE_IN_FORCE } from './charges.ts';

/** What comes again and again; a purchase, a credit or a tax has no rhythm. */
const RECURRING = `category IN ('compute', 'storage', 'network', 'hosted')`;

/** The rollup tells what is known now. */
const NOW = `
SELECT day_ms, source_id, resource_id, category, billed_nano_usd AS nano, charges FROM spend_day
WHERE day >= date(:startMs / 1000, 'unixepoch') AND day < date(:endMs / 1000, 'unixepoch')
  AND ${RECURRING}`;

/** The same as of a time before. */
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

export function readBillFacts(db: Database, { window, asOfMs, sources }: BillFactsWish): BillFacts {
  const { startMs, endMs } = window;
  const days = { startMs: dayStartMs(startMs), endMs: dayStartMs(endMs + DAY_MS - 1) };
  const asked = { ...days, asOfMs, words: wordsOf(sources) };
  const billed = asOfMs >= lastRecordedMs(db) ? NOW : THEN;
  return {
    streams: streamsOf(db, billed, asked),
    inventories: inventoriesOf(db, billed, asked),
    seen: seenOf(db, billed, asked),
  };
}

interface Asked extends Period {
  readonly asOfMs: number;
  /** JSON, see {@link WORDS}. */
  readonly words: string;
}

/** `[["vast", "instance", "running", "billed", 1], …]`: what a sighting's status says. */
const WORDS = `
word AS (
  SELECT value ->> 0 AS source_id, value ->> 1 AS kind, value ->> 2 AS status, value ->> 3 AS says,
    value ->> 4 AS is_on_bill
  FROM json_each(:words)
)`;

function wordsOf(sources: BillFactsWish['sources']): string {
  const rows = sources.flatMap(({ id, states = {} }) =>
    stateWords(states).map(({ kind, status, says }) => {
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

/** Where a category has charges of a day or less, those alone are its rhythm. */
function streamsOf(db: Database, billed: string, asked: Asked): BillStream[] {
  const sql = `
    SELECT source_id AS sourceId, category, day_ms AS dayMs, sum(nano) AS nano,
      sum(charges) AS charges
    FROM (${billed}) GROUP BY source_id, category, day_ms ORDER BY source_id, category, day_ms`;
  const rows = db.prepare(sql).safeIntegers(true).all(asked) as StreamRow[];
  const long = longCharges(db, asked);
  const groups = Map.groupBy(rows, ({ sourceId, category }) => keyOf(sourceId, category));
  return [...groups.values()].flatMap((group): BillStream[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { sourceId, category } = first;
    const those = long.get(keyOf(sourceId, category));
    const short = group.filter(
      ({ dayMs, charges }) => charges > BigInt(those?.byDay.get(Number(dayMs)) ?? 0),
    );
    const told = short.length > 0 ? short : group;
    const periodMs = short.length > 0 ? DAY_MS : (those?.shortestMs ?? DAY_MS);
    const days = new Map(told.map(({ dayMs, nano }) => [Number(dayMs), nano]));
    return [{ sourceId, category, periodMs, days }];
  });
}

function keyOf(sourceId: string, category: string): string {
  return `${category} ${sourceId}`;
}

interface LongOnes {
  shortestMs: number;
  /** How many of them touch a day. */
  readonly byDay: Map<number, number>;
}

function longCharges(db: Database, asked: Asked): Map<string, LongOnes> {
  const all = new Map<string, LongOnes>();
  for (const charge of db.prepare(LONG).safeIntegers(false).all(asked) as LongCharge[]) {
    const key = keyOf(charge.sourceId, charge.category);
    const ones = all.get(key) ?? { shortestMs: Number.POSITIVE_INFINITY, byDay: new Map() };
    all.set(key, ones);
    ones.shortestMs = Math.min(ones.shortestMs, charge.endMs - charge.startMs);
    const inside = {
      startMs: Math.max(charge.startMs, asked.startMs),
      endMs: Math.min(charge.endMs, asked.endMs),
    };
    for (const piece of splitByDay(inside)) {
      const dayMs = dayStartMs(piece.startMs);
      ones.byDay.set(dayMs, (ones.byDay.get(dayMs) ?? 0) + 1);
    }
  }
  return all;
}

/** What was seen by day; the word of a machine that its source does not know says `unsure`. */
const SEEN = `
WITH ${WORDS}
SELECT DISTINCT r.source_id AS sourceId, r.seen_at_ms - r.seen_at_ms % ${DAY_MS} AS dayMs,
  CASE WHEN r.kind = 'volume' THEN 'kept' ELSE coalesce(w.says, 'unsure') END AS what
FROM resource_seen r LEFT JOIN word w
  ON w.source_id = r.source_id AND w.kind = r.kind AND w.status = lower(r.status)
WHERE r.seen_at_ms >= :startMs AND r.seen_at_ms < :endMs AND r.recorded_at_ms <= :asOfMs
  AND r.kind <> 'serverless'`;

/** Days on which every question was answered that ever brought a resource of the source. */
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

/** Sources with something on the bill that no inventory can tell to be there and idle. */
const partly = (billed: string) => `
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

function inventoriesOf(db: Database, billed: string, asked: Asked): BillInventory[] {
  const seen = db.prepare(SEEN).safeIntegers(false).all(asked) as DayRow[];
  const answered = db.prepare(ANSWERED).safeIntegers(false).all(asked) as DayRow[];
  const partial = new Set(db.prepare(partly(billed)).pluck().all(asked) as string[]);
  const ids = new Set([...seen, ...answered].map(({ sourceId }) => sourceId));
  return [...ids].sort().map((sourceId) => {
    const own = seen.filter((row) => row.sourceId === sourceId);
    const daysOf = (rows: readonly DayRow[]) => new Set(rows.map(({ dayMs }) => dayMs));
    return {
      sourceId,
      isWhole: !partial.has(sourceId),
      answered: daysOf(answered.filter((row) => row.sourceId === sourceId)),
      running: daysOf(own.filter(({ what }) => what === 'billed')),
      unsure: daysOf(own.filter(({ what }) => what === 'unsure')),
      kept: daysOf(own.filter(({ what }) => what === 'kept')),
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

const spans = (billed: string) => `
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

function seenOf(db: Database, billed: string, asked: Asked): SeenRunning[] {
  const machines = db.prepare(MACHINES).safeIntegers(false).all(asked) as MachineRow[];
  if (machines.length === 0) return [];
  const rows = db.prepare(spans(billed)).safeIntegers(false).all(asked) as SpanRow[];
  const byId = new Map(rows.map((row) => [`${row.sourceId} ${row.resourceId}`, row]));
  return machines.map(({ days, ...machine }) => {
    const { sourceId, resourceId } = machine;
    // A part of something, like the worker of an endpoint, is billed with it.
    const [whole = resourceId] = resourceId.split('/', 1);
    const span = byId.get(`${sourceId} ${resourceId}`) ?? byId.get(`${sourceId} ${whole}`);
    return {
      ...machine,
      days: (JSON.parse(days) as number[]).toSorted((a, b) => a - b),
      ...(span === undefined ? {} : { billedFromMs: span.fromMs, billedToMs: span.toMs }),
    };
  });
}
