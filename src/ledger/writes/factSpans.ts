/** Finds usage facts in force over a period, and withdraws those that are replaced. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { instantText } from '../../domain/period.ts';
import { quoteShort } from '../../platform/text.ts';
import type { RepeatLog } from './repeatLog.ts';
import { type FactOf, toKeyJson, type VersionedTable } from './factShape.ts';
import type { StoredValue } from './insert.ts';
import { reportFact } from './factReport.ts';
import {
  NO_POSITION,
  type FactOrigin,
  extendReach,
  extendPeriod,
  type Tally,
  type FetchOrigin,
} from './tally.ts';
import { prepareQuery } from '../statement.ts';
import type { VersionedWriter } from './versioned.ts';

/** The columns that all four tables have. */
export interface FactSpan {
  readonly sourceId: string;
  readonly deployment: string;
  readonly startMs: number;
  readonly endMs: number;
}

interface Line {
  readonly writer: Pick<VersionedWriter<SQLiteTable>, 'shape'>;
  readonly fact: FactSpan;
  readonly place: FactOrigin;
  readonly nameOf: RepeatLog['nameOf'];
}

/** Counts the result for one fact. */
export function reportSpan(
  tally: Tally,
  result: ReturnType<VersionedWriter<SQLiteTable>['put']>,
  { writer: { shape }, fact, place, nameOf }: Line,
): void {
  reportFact(tally, result, { shape, place, what: `the data ${factSpanText(fact)}`, fact, nameOf });
  extendReach(tally, result.put, fact.endMs);
  extendPeriod(tally, fact);
}

/** `of "chat" from 2026-07-01T00:00:00Z to 2026-07-01T01:00:00Z`. */
export function factSpanText({ deployment, startMs, endMs }: Omit<FactSpan, 'sourceId'>): string {
  return `of ${quoteShort(deployment)} from ${instantText(startMs)} to ${instantText(endMs)}`;
}

interface Storage {
  readonly db: Database;
  readonly repeats: RepeatLog;
}

/** A row in force, by the columns of its table. */
export interface RowInForce extends FactSpan {
  readonly fetchRef: number;
  readonly undoRef: number | null;
  readonly values: Readonly<Record<string, StoredValue>>;
}

/** Reads the rows in force over a period, and withdraws them. */
export function createSpanReader<Table extends SQLiteTable>(
  { db, repeats }: Storage,
  { shape, put }: VersionedWriter<Table>,
  { key }: VersionedTable<Table>,
) {
  const { name } = shape;
  const plans = [...shape.key, ...shape.contents];
  const columns = plans.map((plan) => `${plan.name} AS ${plan.key}`).join(', ');
  // Latency measures are independent of each other, but parts of different tenants share the total.
  const separateKeys = shape.key.filter((plan) => plan.key === 'measure');
  const sameKey = shape.key.map((plan) => `n.${plan.name} = t.${plan.name}`).join(' AND ');
  const select = prepareQuery<RowInForce & Record<string, StoredValue>>(
    db,
    `SELECT ${columns}, fetch_ref AS fetchRef, undo_ref AS undoRef FROM ${name} AS t
       WHERE deployment = :deployment AND source_id = :sourceId
         ${separateKeys.map((plan) => `AND ${plan.name} = :${plan.key}`).join(' ')}
         AND start_ms < :endMs AND end_ms > :startMs AND withdrawn = 0
         AND start_ms > :startMs - coalesce((
           SELECT max(end_ms - start_ms) FROM ${name}
           WHERE source_id = :sourceId AND deployment = :deployment), 0)
         AND NOT EXISTS (
           SELECT 1 FROM ${name} AS n WHERE ${sameKey}
             AND (n.recorded_at_ms, n.version) > (t.recorded_at_ms, t.version))`,
  );
  return {
    over(fact: FactSpan): RowInForce[] {
      const { sourceId, deployment, startMs, endMs } = fact;
      const separateValues = separateKeys.map(
        (plan) => [plan.key, Reflect.get(fact, plan.key) as StoredValue] as const,
      );
      const of = { sourceId, deployment, startMs, endMs, ...Object.fromEntries(separateValues) };
      const rows = select.all(of);
      return rows.map((row) => ({ ...row, values: row }));
    },
    /** Only facts of other responses may be replaced, and never by a line of a file. */
    givesWay({ fetchRef, undoRef, values }: RowInForce, place: FetchOrigin): boolean {
      if (place.byHand === true) return false;
      if (fetchRef === place.fetchRef && undoRef === null) return false;
      const cells = key.map((column) => values[column] ?? null);
      return !repeats.has(place.fetchRef, name, toKeyJson(cells));
    },
    isKeyOf(row: RowInForce, fact: object): boolean {
      return key.every((column) => row.values[column] === Reflect.get(fact, column));
    },
    /** Withdraws a row that responses no longer have. */
    withdraw({ values }: RowInForce, origin: FetchOrigin, tally: Tally): void {
      const entries = plans.map((plan) => [plan.key, values[plan.key]] as const);
      const fact = { ...Object.fromEntries(entries), withdrawn: true };
      const result = put(fact as unknown as FactOf<Table>, { ...origin, position: NO_POSITION });
      if (result.put === 'restated') tally.restated += 1;
    },
  };
}
