/** Undoes an import: each of its facts gets the value of the remaining fetches. */

import type { Database } from 'better-sqlite3';
import { missingRateText, type RateKey } from '../../../domain/currency.ts';
import { Failure } from '../../../domain/failure.ts';
import type { FetchName, Restatement, Undone, UndoOutcome } from '../../imports.ts';
import { findUndone, readUndos } from '../../reads/countingFetches.ts';
import { createSpendRollup } from '../../spendDays.ts';
import { prepareQuery } from '../../statement.ts';
import type { Store } from '../../store.ts';
import { fetches } from '../../tables/provenance.ts';
import { createUsageRollup } from '../../usageDays.ts';
import { createChargeVersions } from '../chargeVersions.ts';
import { FACT_SHAPES } from '../factShape.ts';
import { createFetchNames, MAX_LISTED, UNDO_KIND } from '../tally.ts';
import { createInserter, type StoredValue } from '../insert.ts';
import { rejectSharedIntervals } from '../requests.ts';
import { createRateReader, createRestater, dollarColumns, type RateReader } from '../rates.ts';
import {
  createOverlapCheck,
  createSettler,
  rejectOtherIdentity,
  type SettleResult,
  type UndoContext,
} from './settle.ts';
import { createTouchedFacts } from './statements.ts';
import { findUndoTarget, type UndoTarget } from './undoTarget.ts';

const ANY_TIME = Number.MAX_SAFE_INTEGER;

/**
 * Undoes an import or an undo. Call it inside a transaction.
 * @throws {Failure} `usage` or `refused`, as the interface of the ledger says.
 */
export function undoImport({ db }: Store, fetchRef: number, times: Times): UndoOutcome {
  const nameOf = createFetchNames(db);
  const undos = readUndos(db, ANY_TIME);
  const target = findUndoTarget(db, fetchRef, { undos, nameOf });
  if ('kind' in target) return target;
  const undoRef = insertUndo(db, target, times);
  const undone = findUndone(readUndos(db, ANY_TIME));
  rejectSharedIntervals(db, target.file, { undone, nameOf });
  updateCounts(db, undone);
  const undoing = { undoRef, recordedAtMs: times.recordedAtMs, undone, nameOf };
  const isRevived = !undone.has(target.file.fetchRef);
  const sums = settleAll(db, { target, undoing, isRevived });
  updateFetch(db, undoRef, sums);
  return {
    kind: 'undone',
    undoRef,
    undone: target.undone,
    file: target.file,
    isRevived,
    ...toResult(sums, nameOf),
    refusedSince: isRevived ? [] : findRejectedSince(db, target.file, undone).map(nameOf),
    unsureOf: isRevived ? [] : findUncertainImports(db, target.file, undone).map(nameOf),
  };
}

interface Times {
  /** The time of the clock. */
  readonly nowMs: number;
  /** The time of the ledger. */
  readonly recordedAtMs: number;
}

interface Sums {
  withdrawn: number;
  restored: number;
  kept: number;
  readonly keptBy: Set<number>;
  readonly changes: Restatement[];
  was: bigint;
  now: bigint;
}

function settleAll(
  db: Database,
  { target, undoing, isRevived }: { target: UndoTarget; undoing: UndoContext; isRevived: boolean },
): Sums {
  const sums: Sums = {
    withdrawn: 0,
    restored: 0,
    kept: 0,
    was: 0n,
    now: 0n,
    keptBy: new Set<number>(),
    changes: [],
  };
  const revived = { file: target.file, nameOf: undoing.nameOf };
  const touched = createTouchedFacts(db, target.file.fetchRef);
  const days = createUsageRollup(db);
  const spend = createSpendRollup(db);
  const charges = createChargeVersions(db, spend);
  const rates = createRateReader(db);
  const changed: RateKey[] = [];
  for (const shape of Object.values(FACT_SHAPES)) {
    const settle = createSettler(db, shape, {
      look(counting) {
        if (isRevived) rejectOtherIdentity(shape, counting, revived);
      },
      wrote(rowId) {
        if (shape === FACT_SHAPES.charge) charges.afterInsert(rowId);
      },
      current: (contents) =>
        shape === FACT_SHAPES.charge ? atCurrentRate(rates, contents) : contents,
    });
    for (const key of touched.keysOf(shape)) {
      addSettled(sums, settle(key, undoing));
      if (shape === FACT_SHAPES.exchange_rate) changed.push(toRateKey(key));
      if (shape === FACT_SHAPES.usage) days.touch(Number(key[0]), Number(key[1]));
    }
  }
  const by = { recordedAtMs: undoing.recordedAtMs, rateRef: undoing.undoRef };
  createRestater(db, charges).restate(changed, by);
  days.roll();
  spend.roll();
  const refuseOverlap = createOverlapCheck(db);
  // Only restored facts can overlap others.
  const usage = sums.restored === 0 ? [] : touched.keysOf(FACT_SHAPES.usage);
  for (const key of usage) refuseOverlap(key, undoing.undoRef, revived);
  touched.clear();
  return sums;
}

/** The key columns in the order of the table. */
function toRateKey([currency, monthMs]: readonly StoredValue[]): RateKey {
  return { currency: String(currency), monthMs: Number(monthMs) };
}

/** @throws {Failure} `refused` if the exchange rate is missing. */
function atCurrentRate(
  rates: RateReader,
  contents: readonly StoredValue[],
): readonly StoredValue[] {
  const columns = dollarColumns(FACT_SHAPES.charge);
  const rate = columns.rateOf(contents);
  if (rate === undefined) return contents;
  const usdPerUnit = rates.find(rate);
  if (usdPerUnit !== undefined) return columns.at(contents, usdPerUnit);
  throw new Failure('refused', missingRateText(rate, 'then run the undo again'));
}

function addSettled(sums: Sums, settled: SettleResult): void {
  if (settled.kind === 'nothing') return;
  sums[settled.kind] += 1;
  if (settled.kind === 'kept') {
    sums.keptBy.add(settled.by);
    return;
  }
  if (sums.changes.length < MAX_LISTED) sums.changes.push(settled.change());
  sums.was += settled.nano.was;
  sums.now += settled.nano.now;
}

/** How many fetches that keep facts are named. */
const MOST_NAMED = 5;

function toResult(
  { withdrawn, restored, kept, keptBy, changes, was, now }: Sums,
  nameOf: (fetchRef: number) => FetchName,
): Pick<Undone, 'withdrawn' | 'restored' | 'kept' | 'keptBy' | 'changes' | 'changedCharges'> {
  const others = [...keptBy].sort((a, b) => b - a).slice(0, MOST_NAMED);
  return {
    withdrawn,
    restored,
    kept,
    changes,
    keptBy: others.map(nameOf),
    ...(changes.some(({ fact }) => fact === 'charge')
      ? { changedCharges: { wasNanoUsd: was, nowNanoUsd: now } }
      : {}),
  };
}

/** An undo is stored as a fetch, so it has a time and can be undone. */
function insertUndo(
  db: Database,
  { undone, together }: UndoTarget,
  { nowMs, recordedAtMs }: Times,
): number {
  const insert = createInserter(db, fetches);
  const undoRef = insert({
    sourceId: undone.sourceId,
    kind: UNDO_KIND,
    url: `undo:${undone.fetchRef}`,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    recordedAtMs,
    finished: true,
    added: 0,
    restated: 0,
    unchanged: 0,
    rejected: 0,
  });
  const link = db.prepare('INSERT INTO import_undo VALUES (?, ?, 1)');
  for (const ref of together) link.run(undoRef, ref);
  return undoRef;
}

/** For SQL queries, which cannot follow a chain of undos. */
function updateCounts(db: Database, undone: ReadonlySet<number>): void {
  const note = db.prepare('UPDATE import_undo SET counts = ? WHERE undo_ref = ? AND counts <> ?');
  for (const { undoRef } of readUndos(db, ANY_TIME)) {
    const counts = undone.has(undoRef) ? 0 : 1;
    note.run(counts, undoRef, counts);
  }
}

function updateFetch(db: Database, undoRef: number, { withdrawn, restored, kept }: Sums): void {
  db.prepare('UPDATE fetch SET restated = ?, unchanged = ? WHERE fetch_ref = ?').run(
    withdrawn + restored,
    kept,
    undoRef,
  );
}

const REFUSED = `
SELECT DISTINCT coalesce(f.same_as_ref, r.fetch_ref) AS ref
FROM reject AS r JOIN fetch AS f ON f.fetch_ref = r.fetch_ref
WHERE r.met_ref = ? ORDER BY ref`;

/** Later imports with rows that were rejected because of this one's facts. They may succeed now. */
function findRejectedSince(
  db: Database,
  { fetchRef }: FetchName,
  undone: ReadonlySet<number>,
): number[] {
  const refs = prepareQuery<number>(db, REFUSED).pluck().all(fetchRef);
  return refs.filter((ref) => !undone.has(ref));
}

const UNSURE = `
SELECT fetch_ref FROM fetch
WHERE source_id = :sourceId AND kind = :kind AND fetch_ref <> :fetchRef AND unchanged > 0
  AND recorded_at_ms < (SELECT applied_at_ms FROM migration WHERE name = '0005_imports')
ORDER BY fetch_ref`;

/** Imports from before repeats were recorded that found facts known, perhaps this one's. */
function findUncertainImports(
  db: Database,
  { sourceId, kind, fetchRef }: FetchName,
  undone: ReadonlySet<number>,
): number[] {
  const select = prepareQuery<number>(db, UNSURE).pluck();
  const refs = select.all({ sourceId, kind, fetchRef });
  return refs.filter((ref) => !undone.has(ref));
}
